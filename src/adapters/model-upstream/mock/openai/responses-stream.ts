import { cut } from '../stable.js';
import type { OpenaiResponse, OutputItem } from './responses-object.js';

type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

const IN_PROGRESS = { status: 'in_progress' };

function messageEvents(item: Extract<OutputItem, { type: 'message' }>, output_index: number): Event[] {
  const [part] = item.content;
  const place = { item_id: item.id, output_index, content_index: 0 };
  const deltas = cut(part.text).map((delta) => ({
    type: 'response.output_text.delta',
    ...place,
    ...{ delta, logprobs: [] },
  }));
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, ...IN_PROGRESS, content: [] } },
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    ...deltas,
    { type: 'response.output_text.done', ...place, text: part.text, logprobs: [] },
    { type: 'response.content_part.done', ...place, part },
    { type: 'response.output_item.done', output_index, item },
  ];
}

function callEvents(item: Extract<OutputItem, { type: 'function_call' }>, output_index: number): Event[] {
  const place = { item_id: item.id, output_index };
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, ...IN_PROGRESS, arguments: '' } },
    ...cut(item.arguments).map((delta) => ({ type: 'response.function_call_arguments.delta', ...place, delta })),
    { type: 'response.function_call_arguments.done', ...place, name: item.name, arguments: item.arguments },
    { type: 'response.output_item.done', output_index, item },
  ];
}

/** A response as the provider streams it, event by event. */
export function streamedResponse(response: OpenaiResponse): string[] {
  const opening = { ...response, ...IN_PROGRESS, output: [], usage: null };
  const events: readonly Event[] = [
    { type: 'response.created', response: opening },
    { type: 'response.in_progress', response: opening },
    ...response.output.flatMap((item, index) =>
      item.type === 'message' ? messageEvents(item, index) : callEvents(item, index),
    ),
    { type: 'response.completed', response },
  ];
  return events.map(
    (event, sequence_number) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`,
  );
}
