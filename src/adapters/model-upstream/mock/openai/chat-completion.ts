import type { ScriptTurn } from '../script/triage-script.js';
import type { TokenFigures } from '../../../../kernel/token-figures.js';
import { tokensOf } from '../mock-tokens.js';
import { cut, estimateTokens, MOCK_EPOCH, stableId } from '../stable.js';
import type { ShellTool } from './openai-shell.js';

interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A chat completion of OpenAI's API. */
export interface ChatCompletion {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly [
    {
      readonly index: 0;
      readonly message: {
        readonly role: 'assistant';
        readonly content: string;
        readonly refusal: null;
        readonly tool_calls?: readonly [ToolCall];
      };
      readonly logprobs: null;
      readonly finish_reason: 'stop' | 'tool_calls';
    },
  ];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
    readonly prompt_tokens_details: { readonly cached_tokens: number };
    readonly completion_tokens_details: { readonly reasoning_tokens: number };
  };
}

/** The completion that says a turn, and its tokens; ids and figures follow from the request's text. */
export function completionOf(
  turn: ScriptTurn,
  model: string,
  shell: ShellTool | undefined,
  requestText: string,
): { completion: ChatCompletion; tokens: TokenFigures } {
  const id = stableId(requestText);
  const call: ToolCall | undefined = turn.shell &&
    shell && {
      id: `call_mock_${id}`,
      type: 'function',
      function: { name: shell.name, arguments: JSON.stringify(shell.argumentsFor(turn.shell)) },
    };
  const message = {
    ...({ role: 'assistant', content: turn.text, refusal: null } as const),
    ...(call ? { tool_calls: [call] as const } : {}),
  };
  const prompt = estimateTokens(requestText);
  const written = estimateTokens(JSON.stringify(message));
  const tokens = tokensOf(model, prompt, written, { cacheWrites: false, reasoning: true });
  const completion: ChatCompletion = {
    id: `chatcmpl-mock-${id}`,
    object: 'chat.completion',
    created: MOCK_EPOCH,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: call ? 'tool_calls' : 'stop' }],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: written,
      total_tokens: prompt + written,
      prompt_tokens_details: { cached_tokens: tokens.cacheReadTokens },
      completion_tokens_details: { reasoning_tokens: tokens.reasoningTokens },
    },
  };
  return { completion, tokens };
}

/** A completion as the provider streams it; its figures come only when the request asked for them. */
export function streamedCompletion({ choices, usage, ...completion }: ChatCompletion, includeUsage: boolean): string[] {
  const [{ message, finish_reason }] = choices;
  const chunk = (fields: object): object => ({
    ...completion,
    object: 'chat.completion.chunk',
    ...(includeUsage ? { usage: null } : {}),
    ...fields,
  });
  const delta = (fields: object, reason: string | null = null): object =>
    chunk({ choices: [{ index: 0, delta: fields, logprobs: null, finish_reason: reason }] });
  const callDeltas = (message.tool_calls ?? []).flatMap(({ id, type, function: { name, arguments: text } }, index) => [
    delta({ tool_calls: [{ index, id, type, function: { name, arguments: '' } }] }),
    ...cut(text).map((piece) => delta({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
  const chunks = [
    delta({ role: 'assistant', content: '', refusal: null }),
    ...cut(message.content).map((content) => delta({ content })),
    ...callDeltas,
    delta({}, finish_reason),
    ...(includeUsage ? [chunk({ choices: [], usage })] : []),
  ];
  return [...chunks.map((one) => JSON.stringify(one)), '[DONE]'].map((data) => `data: ${data}\n\n`);
}
