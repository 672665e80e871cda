import { describe, expect, it } from '@jest/globals';
import { NO_TOKENS } from '../../usage/index.js';
import type { Findings, UsageReader } from '../usage-reader.js';
import { chatUsageReader } from './chat-usage.js';
import { responsesUsageReader } from './responses-usage.js';

const EVENTS = 'text/event-stream; charset=utf-8';
const JSON_TYPE = 'application/json';

function read(reader: UsageReader, pieces: readonly Buffer[]): Findings {
  for (const piece of pieces) reader.write(piece);
  reader.end();
  return reader.findings;
}

const usage = {
  ...{ input_tokens: 100, input_tokens_details: { cached_tokens: 40 } },
  ...{ output_tokens: 30, output_tokens_details: { reasoning_tokens: 20 }, total_tokens: 130 },
};
const whole = { inputTokens: 60, cacheReadTokens: 40, outputTokens: 10, cacheWriteTokens: 0, reasoningTokens: 20 };
const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const created = event('response.created', { response: { model: 'gpt-x', status: 'in_progress', usage: null } });
const delta = event('response.output_text.delta', { delta: 'Grüße 🚑 {"usage":{"input_tokens":999}}' });
const ended = (type: string, response: object): Buffer =>
  Buffer.from(created + delta + event(type, { response: { model: 'gpt-x', ...response } }));

describe('the usage of a streamed Response', () => {
  const stream = ended('response.completed', { status: 'completed', usage });

  it('is the same wherever the stream is cut in two', () => {
    for (let at = 0; at <= stream.length; at++) {
      const found = read(responsesUsageReader(EVENTS), [stream.subarray(0, at), stream.subarray(at)]);
      expect(found).toEqual({ complete: true, failed: false, model: 'gpt-x', tokens: whole });
    }
  });

  it('is unknown, and the stream not whole, when it was cut', () => {
    const found = read(responsesUsageReader(EVENTS), [stream.subarray(0, stream.indexOf('event: response.completed'))]);
    expect(found).toMatchObject({ complete: false, failed: false, model: 'gpt-x', tokens: { inputTokens: 0 } });
  });

  it('is counted for a Response that stopped at a limit, which is no error', () => {
    const found = read(responsesUsageReader(EVENTS), [ended('response.incomplete', { status: 'incomplete', usage })]);
    expect(found).toMatchObject({ complete: true, failed: false, tokens: whole });
  });

  it.each([
    ['with figures', { status: 'failed', error: { code: 'server_error' }, usage }, whole],
    ['without figures', { status: 'failed', error: { code: 'server_error' }, usage: null }, { inputTokens: 0 }],
  ])('is counted for a Response that failed, %s', (_title, response, tokens) => {
    const found = read(responsesUsageReader(EVENTS), [ended('response.failed', response)]);
    expect(found).toMatchObject({ complete: true, failed: true, tokens });
  });

  it('is a failure when an error event ends it', () => {
    const stream = Buffer.from(created + event('error', { code: 'rate_limit_exceeded', message: 'later' }));
    expect(read(responsesUsageReader(EVENTS), [stream])).toMatchObject({ complete: false, failed: true });
  });

  it('ignores figures that make no sense', () => {
    const odd = { input_tokens: 10, input_tokens_details: { cached_tokens: 50 }, output_tokens: -3 };
    const found = read(responsesUsageReader(EVENTS), [
      ended('response.completed', { status: 'completed', usage: odd }),
    ]);
    expect(found.tokens).toEqual({ ...NO_TOKENS, cacheReadTokens: 10 });
  });
});

describe('the usage of a Response in one piece', () => {
  const body = (status: string): Buffer =>
    Buffer.from(JSON.stringify({ object: 'response', model: 'gpt-x', status, usage }));

  it('is read however the body was cut', () => {
    const bytes = body('completed');
    for (let at = 0; at <= bytes.length; at++) {
      const found = read(responsesUsageReader(JSON_TYPE), [bytes.subarray(0, at), bytes.subarray(at)]);
      expect(found).toEqual({ complete: true, failed: false, model: 'gpt-x', tokens: whole });
    }
  });

  it.each([
    ['failed', { complete: true, failed: true }],
    ['incomplete', { complete: true, failed: false }],
    // Work that goes on at the provider when the answer has ended.
    ['queued', { complete: false, failed: false }],
  ])('takes the status %s for %j', (status, expected) => {
    expect(read(responsesUsageReader(JSON_TYPE), [body(status)])).toMatchObject(expected);
  });
});

const chunk = (fields: object): string => `data: ${JSON.stringify({ id: 'c', model: 'gpt-y', ...fields })}\n\n`;
const chatUsage = {
  ...{ prompt_tokens: 100, completion_tokens: 30, total_tokens: 130 },
  ...{ prompt_tokens_details: { cached_tokens: 40 }, completion_tokens_details: { reasoning_tokens: 20 } },
};
const text = chunk({
  choices: [{ index: 0, delta: { content: 'ü 🚑 data: [DONE]' }, finish_reason: null }],
  usage: null,
});
const stop = chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null });
const figures = chunk({ choices: [], usage: chatUsage });

describe('the usage of a streamed chat completion', () => {
  const stream = Buffer.from(`${text}${stop}${figures}data: [DONE]\n\n`);

  it('is the same wherever the stream is cut in two', () => {
    for (let at = 0; at <= stream.length; at++) {
      const found = read(chatUsageReader(EVENTS), [stream.subarray(0, at), stream.subarray(at)]);
      expect(found).toEqual({ complete: true, failed: false, model: 'gpt-y', tokens: whole });
    }
  });

  it.each([
    ['before the figures', `${text}${stop}`, { complete: false, tokens: { inputTokens: 0 } }],
    ['after the figures', `${text}${stop}${figures}`, { complete: false, tokens: whole }],
  ])('is what was known when the stream was cut %s', (_title, sent, expected) => {
    expect(read(chatUsageReader(EVENTS), [Buffer.from(sent)])).toMatchObject(expected);
  });

  it.each([
    ['an error', `${text}data: {"error":{"message":"overloaded"}}\n\n`],
    [
      'an error as reason of the end',
      `${text}${chunk({ choices: [{ delta: {}, finish_reason: 'error' }] })}data: [DONE]\n\n`,
    ],
  ])('is a failure when the stream tells %s', (_title, sent) => {
    expect(read(chatUsageReader(EVENTS), [Buffer.from(sent)]).failed).toBe(true);
  });

  it('is read from a completion in one piece', () => {
    const body = { model: 'gpt-y', choices: [{ message: { content: '{' }, finish_reason: 'stop' }], usage: chatUsage };
    const found = read(chatUsageReader(JSON_TYPE), [Buffer.from(JSON.stringify(body))]);
    expect(found).toEqual({ complete: true, failed: false, model: 'gpt-y', tokens: whole });
  });
});
