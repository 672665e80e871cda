import { cut } from '../stable.js';
import type { AnthropicMessage, ContentBlock } from './anthropic-message.js';

const sse = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

function blockEvents(block: ContentBlock, index: number): string[] {
  const empty = block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} };
  const deltas =
    block.type === 'text'
      ? cut(block.text).map((text) => ({ type: 'text_delta', text }))
      : ['', ...cut(JSON.stringify(block.input))].map((json) => ({ type: 'input_json_delta', partial_json: json }));
  return [
    sse('content_block_start', { index, content_block: empty }),
    ...deltas.map((delta) => sse('content_block_delta', { index, delta })),
    sse('content_block_stop', { index }),
  ];
}

/** A message as the provider streams it, event by event. */
export function streamedMessage(message: AnthropicMessage): string[] {
  const { content, stop_reason, stop_sequence, usage } = message;
  const opening = {
    ...message,
    ...{ content: [], stop_reason: null, stop_sequence: null },
    usage: { ...usage, output_tokens: 1 },
  };
  return [
    sse('message_start', { message: opening }),
    sse('ping', {}),
    ...content.flatMap(blockEvents),
    sse('message_delta', { delta: { stop_reason, stop_sequence }, usage: { output_tokens: usage.output_tokens } }),
    sse('message_stop', {}),
  ];
}
