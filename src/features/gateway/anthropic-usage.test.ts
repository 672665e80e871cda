import { describe, expect, it } from '@jest/globals';
import { anthropicUsageReader, type UsageReader } from './anthropic-usage.js';
import { SseEventReader, type SseEvent } from './sse-events.js';

const event = (fields: { readonly type: string }): string =>
  `event: ${fields.type}\ndata: ${JSON.stringify(fields)}\n\n`;
const start = {
  type: 'message_start',
  message: {
    model: 'claude-x',
    usage: { input_tokens: 11, cache_creation_input_tokens: 22, cache_read_input_tokens: 33, output_tokens: 1 },
  },
};
const delta = {
  type: 'content_block_delta',
  delta: { type: 'text_delta', text: 'Grüße 🚑 "usage": {"input_tokens": 999}\r\n' },
};
const stream = Buffer.from(
  event(start) +
    event({ type: 'ping' }) +
    event(delta) +
    event({ ...{ type: 'message_delta' }, ...{ usage: { output_tokens: 44 } } }) +
    event({ type: 'message_stop' }),
);
const whole = { inputTokens: 11, cacheWriteTokens: 22, cacheReadTokens: 33, outputTokens: 44 };

function read(
  pieces: readonly Buffer[],
  contentType = 'text/event-stream; charset=utf-8',
  generates = true,
): UsageReader {
  const reader = anthropicUsageReader(generates, contentType);
  for (const piece of pieces) reader.write(piece);
  reader.end();
  return reader;
}

describe('the usage of a streamed message', () => {
  it('is the same wherever the stream is cut in two', () => {
    for (let at = 0; at <= stream.length; at++) {
      const reader = read([stream.subarray(0, at), stream.subarray(at)]);
      expect(reader).toMatchObject({ complete: true, failed: false, model: 'claude-x', tokens: whole });
    }
  });

  it.each(['\n', '\r\n', '\r'])('is the same byte by byte, with lines that end with %j', (end) => {
    const bytes = Buffer.from(stream.toString().replaceAll('\n', end));
    const pieces = Array.from(bytes, (byte) => Buffer.of(byte));
    expect(read(pieces)).toMatchObject({ complete: true, tokens: whole });
  });

  it('is what was known when the stream was cut', () => {
    const cut = stream.subarray(0, stream.indexOf('event: message_delta'));
    expect(read([cut])).toMatchObject({ complete: false, tokens: { ...whole, outputTokens: 1 } });
  });

  it('keeps what it knew when an error ends the stream', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const reader = read([Buffer.from(event(start) + event(error))]);
    expect(reader).toMatchObject({ complete: false, failed: true, tokens: { inputTokens: 11 } });
  });

  it('ignores events and figures that make no sense', () => {
    const odd = {
      ...{ type: 'message_delta' },
      ...{ usage: { output_tokens: -1, input_tokens: 'many', cache_read_input_tokens: 1.5 } },
    };
    const text = `data: {"type":\n\ndata: []\n\ndata: null\n\n: a comment\n\n${event(start)}${event(odd)}`;
    expect(read([Buffer.from(text)]).tokens).toEqual({ ...whole, outputTokens: 1 });
  });
});

describe('the usage of a message in one piece', () => {
  const body = Buffer.from(JSON.stringify({ ...start.message, content: [] }));

  it('is read when the body has ended, however it was cut', () => {
    for (let at = 0; at <= body.length; at++) {
      const reader = read([body.subarray(0, at), body.subarray(at)], 'application/json');
      expect(reader).toMatchObject({ complete: true, model: 'claude-x', tokens: { ...whole, outputTokens: 1 } });
    }
  });

  it('is unknown, and the answer not whole, when the body was cut', () => {
    expect(read([body.subarray(0, 40)], 'application/json')).toMatchObject({
      complete: false,
      tokens: { inputTokens: 0 },
    });
  });

  it('is nothing for a call that generates nothing', () => {
    expect(
      read([Buffer.from('{"input_tokens":5,"usage":{"input_tokens":5}}')], 'application/json', false),
    ).toMatchObject({
      ...{ complete: true, tokens: { inputTokens: 0 } },
    });
  });
});

describe('SseEventReader', () => {
  const events = (text: string): SseEvent[] => {
    const found: SseEvent[] = [];
    new SseEventReader((one) => found.push(one)).write(Buffer.from(text));
    return found;
  };

  it('joins data lines, takes off one blank, and drops an event that was left open', () => {
    expect(events('event:a\ndata: 1\ndata:  2\n\ndata: open')).toEqual([{ name: 'a', data: '1\n 2' }]);
  });

  it('forgets the name after each event, and skips events without data', () => {
    expect(events('event: a\n\ndata: x\n\n')).toEqual([{ name: '', data: 'x' }]);
  });

  it('skips an event of absurd length and reads the next', () => {
    const long = 'x'.repeat(9 * 1024 * 1024);
    expect(events(`data: ${long}\n\ndata: next\n\n`)).toEqual([{ name: '', data: 'next' }]);
  });
});
