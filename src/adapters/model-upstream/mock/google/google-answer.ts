import type { ScriptTurn } from '../script/triage-script.js';
import { cut, estimateTokens, stableId } from '../stable.js';
import { SHELL_TOOL } from './google-request.js';

type Part = { readonly text: string } | { readonly functionCall: { readonly name: string; readonly args: object } };

interface UsageMetadata {
  readonly promptTokenCount: number;
  readonly candidatesTokenCount: number;
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

function usageOf(requestText: string, parts: readonly Part[]): UsageMetadata {
  const prompt = estimateTokens(requestText);
  const written = estimateTokens(JSON.stringify(parts));
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: written,
    totalTokenCount: prompt + written,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
  };
}

/** The answer that says a turn, in as many pieces as it is streamed in; its id and figures follow from the request's text. */
export function answerPieces(turn: ScriptTurn, model: string, requestText: string): GoogleAnswer[] {
  const call = turn.shell && { functionCall: { name: SHELL_TOOL, args: { ...turn.shell } } };
  const pieces: readonly Part[] = [...cut(turn.text).map((text) => ({ text })), ...(call ? [call] : [])];
  return pieces.map((part, index) => ({
    candidates: [
      {
        content: { parts: [part], role: 'model' },
        ...(index === pieces.length - 1 ? { finishReason: 'STOP' } : {}),
        index: 0,
      },
    ],
    usageMetadata: usageOf(requestText, pieces.slice(0, index + 1)),
    modelVersion: model,
    responseId: `mock-${stableId(requestText)}`,
  }));
}

/** The same answer in one piece. */
export function wholeAnswer(turn: ScriptTurn, model: string, requestText: string): GoogleAnswer {
  const last = answerPieces(turn, model, requestText).at(-1)!;
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
