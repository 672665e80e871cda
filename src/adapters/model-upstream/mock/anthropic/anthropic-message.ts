import type { ScriptTurn } from '../script/triage-script.js';
import type { TokenFigures } from '../../../../kernel/token-figures.js';
import { tokensOf } from '../mock-tokens.js';
import { estimateTokens, stableId } from '../stable.js';
import { SHELL_TOOL } from './anthropic-request.js';

export type ContentBlock =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: Readonly<Record<string, string>>;
    };

/** A Message object of Anthropic's API. */
export interface AnthropicMessage {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly stop_reason: 'end_turn' | 'tool_use';
  readonly stop_sequence: null;
  readonly usage: {
    readonly input_tokens: number;
    readonly cache_creation_input_tokens: number;
    readonly cache_read_input_tokens: number;
    readonly output_tokens: number;
  };
}

/** The message that says a turn, and its tokens; ids and figures follow from the request's text. */
export function messageOf(
  turn: ScriptTurn,
  model: string,
  requestText: string,
): { message: AnthropicMessage; tokens: TokenFigures } {
  const id = stableId(requestText);
  const content: ContentBlock[] = [{ type: 'text', text: turn.text }];
  if (turn.shell)
    content.push({ type: 'tool_use', id: `toolu_mock_${id}`, name: SHELL_TOOL, input: { ...turn.shell } });
  const written = estimateTokens(JSON.stringify(content));
  const tokens = tokensOf(model, estimateTokens(requestText), written, { cacheWrites: true, reasoning: false });
  const message: AnthropicMessage = {
    id: `msg_mock_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: turn.shell ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: tokens.inputTokens,
      cache_creation_input_tokens: tokens.cacheWriteTokens,
      cache_read_input_tokens: tokens.cacheReadTokens,
      output_tokens: tokens.outputTokens,
    },
  };
  return { message, tokens };
}
