import type { ScriptTurn } from '../script/triage-script.js';
import type { TokenFigures } from '../../../../kernel/token-figures.js';
import { tokensOf } from '../mock-tokens.js';
import { estimateTokens, MOCK_EPOCH, stableId } from '../stable.js';
import type { ShellTool } from './openai-shell.js';

export interface OutputText {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly never[];
  readonly logprobs: readonly never[];
}

export type OutputItem =
  | {
      readonly id: string;
      readonly type: 'message';
      readonly status: 'completed';
      readonly role: 'assistant';
      readonly content: readonly [OutputText];
    }
  | {
      readonly id: string;
      readonly type: 'function_call';
      readonly status: 'completed';
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
    };

/** A Response object of OpenAI's API. */
export interface OpenaiResponse {
  readonly id: string;
  readonly object: 'response';
  readonly created_at: number;
  readonly status: 'completed';
  readonly error: null;
  readonly incomplete_details: null;
  readonly model: string;
  readonly output: readonly OutputItem[];
  readonly usage: {
    readonly input_tokens: number;
    readonly input_tokens_details: { readonly cached_tokens: number };
    readonly output_tokens: number;
    readonly output_tokens_details: { readonly reasoning_tokens: number };
    readonly total_tokens: number;
  };
}

/** The response that says a turn, and its tokens; ids and figures follow from the request's text. */
export function responseOf(
  turn: ScriptTurn,
  model: string,
  shell: ShellTool | undefined,
  requestText: string,
): { response: OpenaiResponse; tokens: TokenFigures } {
  const id = stableId(requestText);
  const text: OutputText = { type: 'output_text', text: turn.text, annotations: [], logprobs: [] };
  const output: OutputItem[] = [
    { id: `msg_mock_${id}`, type: 'message', status: 'completed', role: 'assistant', content: [text] },
  ];
  if (turn.shell && shell) {
    output.push({
      ...{ id: `fc_mock_${id}`, type: 'function_call', status: 'completed', call_id: `call_mock_${id}` },
      ...{ name: shell.name, arguments: JSON.stringify(shell.argumentsFor(turn.shell)) },
    });
  }
  const input = estimateTokens(requestText);
  const written = estimateTokens(JSON.stringify(output));
  const tokens = tokensOf(model, input, written, { cacheWrites: false, reasoning: true });
  const response: OpenaiResponse = {
    id: `resp_mock_${id}`,
    object: 'response',
    created_at: MOCK_EPOCH,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model,
    output,
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: tokens.cacheReadTokens },
      output_tokens: written,
      output_tokens_details: { reasoning_tokens: tokens.reasoningTokens },
      total_tokens: input + written,
    },
  };
  return { response, tokens };
}
