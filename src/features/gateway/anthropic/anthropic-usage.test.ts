import { describe, expect, it } from '@jest/globals';
import { plainReader, type Findings, type UsageReader } from '../usage-reader.js';
import { messagesUsageReader } from './anthropic-usage.js';

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
const whole = { inputTokens: 11, cacheWriteTokens: 22, cacheReadTokens: 33, outputTokens: 44, reasoningTokens: 0 };

function read(pieces: readonly Buffer[], contentType = 'text/event-stream; charset=utf-8'): Findings {
  return readWith(messagesUsageReader(contentType), pieces);
}

function readWith(reader: UsageReader, pieces: readonly Buffer[]): Findings {
  for (const piece of pieces) reader.write(piece);
  reader.end();
  return reader.findings;
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

  it('has the summaries of the conversation in it that the message made on its way', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500 },
      { type: 'message', input_tokens: 23_000, output_tokens: 1_000, cache_read_input_tokens: 5 },
    ];
    const usage = { input_tokens: 23_000, output_tokens: 1_000, cache_read_input_tokens: 5, iterations };
    const tokens = { ...whole, inputTokens: 203_000, outputTokens: 4_500, cacheReadTokens: 5, cacheWriteTokens: 0 };
    const events = event({ ...start, ...{ message: {} } }) + event({ ...{ type: 'message_delta' }, ...{ usage } });
    expect(read([Buffer.from(events)]).tokens).toEqual(tokens);
    expect(read([Buffer.from(JSON.stringify({ usage }))], 'application/json').tokens).toEqual(tokens);
  });

  it('counts once what a single iteration repeats', () => {
    const own = { input_tokens: 7, output_tokens: 8 };
    const usage = { ...own, iterations: [{ type: 'message', ...own }] };
    const found = read([Buffer.from(JSON.stringify({ usage }))], 'application/json');
    expect(found.tokens).toMatchObject({ inputTokens: 7, outputTokens: 8 });
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
    const counted = readWith(plainReader(), [Buffer.from('{"input_tokens":5,"usage":{"input_tokens":5}}')]);
    expect(counted).toMatchObject({ complete: true, tokens: { inputTokens: 0 } });
  });
});
