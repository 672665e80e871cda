import type { ScriptTurn } from '../script/triage-script.js';
import type { TokenFigures } from '../../../../kernel/token-figures.js';
import { tokensOf } from '../mock-tokens.js';
import { cut, estimateTokens, stableId } from '../stable.js';
import { SHELL_TOOL } from './google-request.js';

type Part = { readonly text: string } | { readonly functionCall: { readonly name: string; readonly args: object } };

interface UsageMetadata {
  readonly promptTokenCount: number;
  readonly cachedContentTokenCount?: number;
  readonly candidatesTokenCount: number;
  readonly thoughtsTokenCount?: number;
  readonly totalTokenCount: number;
  readonly promptTokensDetails: readonly { readonly modality: 'TEXT'; readonly tokenCount: number }[];
}

/** A GenerateContentResponse of Google's API. */
export interface GoogleAnswer {
  readonly candidates: readonly [
    {
      readonly content: { readonly parts: readonly Part[]; readonly role: 'model' };
      readonly finishReason?: 'STOP';
      readonly index: 0;
    },
  ];
  readonly usageMetadata: UsageMetadata;
  readonly modelVersion: string;
  readonly responseId: string;
}

/** Of so much of the answer. */
function tokensOfParts(model: string, requestText: string, parts: readonly Part[]): TokenFigures {
  const written = estimateTokens(JSON.stringify(parts));
  return tokensOf(model, estimateTokens(requestText), written, { cacheWrites: false, reasoning: true });
}

function usageOf({ inputTokens, outputTokens, cacheReadTokens, reasoningTokens }: TokenFigures): UsageMetadata {
  const prompt = inputTokens + cacheReadTokens;
  return {
    promptTokenCount: prompt,
    ...(cacheReadTokens > 0 ? { cachedContentTokenCount: cacheReadTokens } : {}),
    candidatesTokenCount: outputTokens,
    ...(reasoningTokens > 0 ? { thoughtsTokenCount: reasoningTokens } : {}),
    totalTokenCount: prompt + outputTokens + reasoningTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
  };
}

/** What says a turn, in as many pieces as it is streamed in, and its tokens; id and figures follow from the request's text. */
export function answerPieces(
  turn: ScriptTurn,
  model: string,
  requestText: string,
): { pieces: readonly GoogleAnswer[]; tokens: TokenFigures } {
  const call = turn.shell && { functionCall: { name: SHELL_TOOL, args: { ...turn.shell } } };
  const parts: readonly Part[] = [...cut(turn.text).map((text) => ({ text })), ...(call ? [call] : [])];
  const pieces = parts.map((part, index): GoogleAnswer => ({
    candidates: [
      {
        content: { parts: [part], role: 'model' },
        ...(index === parts.length - 1 ? { finishReason: 'STOP' } : {}),
        index: 0,
      },
    ],
    usageMetadata: usageOf(tokensOfParts(model, requestText, parts.slice(0, index + 1))),
    modelVersion: model,
    responseId: `mock-${stableId(requestText)}`,
  }));
  return { pieces, tokens: tokensOfParts(model, requestText, parts) };
}

/** The same answer in one piece. */
export function wholeAnswer(turn: ScriptTurn, pieces: readonly GoogleAnswer[]): GoogleAnswer {
  const last = pieces.at(-1)!;
  const [{ content, ...candidate }] = last.candidates;
  const calls = content.parts.filter((part) => 'functionCall' in part);
  return { ...last, candidates: [{ ...candidate, content: { ...content, parts: [{ text: turn.text }, ...calls] } }] };
}

export const asEvents = (pieces: readonly GoogleAnswer[]): string[] =>
  pieces.map((piece) => `data: ${JSON.stringify(piece)}\r\n\r\n`);

/** One JSON array that grows piece by piece: how the provider streams without `alt=sse`. */
export const asArray = (pieces: readonly GoogleAnswer[]): string[] => [
  ...pieces.map((piece, index) => `${index === 0 ? '[' : ',\r\n'}${JSON.stringify(piece)}`),
  ']',
];
