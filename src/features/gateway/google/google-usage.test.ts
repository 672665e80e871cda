import { describe, expect, it } from '@jest/globals';
import type { Findings, UsageReader } from '../usage-reader.js';
import { generateUsageReader } from './google-usage.js';

function read(reader: UsageReader, pieces: readonly Buffer[]): Findings {
  for (const piece of pieces) reader.write(piece);
  reader.end();
  return reader.findings;
}

const candidate = (finishReason?: string) => ({
  candidates: [
    {
      content: { parts: [{ text: 'ü 🚑 \\"}] {"usageMetadata":{"promptTokenCount":9}}' }] },
      ...(finishReason ? { finishReason } : {}),
    },
  ],
});
const first = {
  ...candidate(),
  ...{
    usageMetadata: { promptTokenCount: 100, totalTokenCount: 103, thoughtsTokenCount: 3 },
    modelVersion: 'gemini-x',
  },
};
const last = {
  ...candidate('STOP'),
  usageMetadata: {
    ...{ promptTokenCount: 100, cachedContentTokenCount: 40, candidatesTokenCount: 20, thoughtsTokenCount: 10 },
    ...{ toolUsePromptTokenCount: 5, totalTokenCount: 135 },
  },
  modelVersion: 'gemini-x',
};
const whole = { inputTokens: 65, cacheReadTokens: 40, outputTokens: 20, cacheWriteTokens: 0, reasoningTokens: 10 };
const atFirst = { inputTokens: 100, cacheReadTokens: 0, outputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 3 };
const sse = (...pieces: object[]): Buffer =>
  Buffer.from(pieces.map((piece) => `data: ${JSON.stringify(piece)}\r\n\r\n`).join(''));

const FORMS: readonly (readonly [string, string, Buffer])[] = [
  ['events', 'text/event-stream', sse(first, last)],
  ['a JSON array', 'application/json; charset=UTF-8', Buffer.from(JSON.stringify([first, last], null, 2))],
];

describe('the usage of a streamed Gemini answer', () => {
  it.each(FORMS)('is the same wherever %s are cut in two', (_title, type, stream) => {
    for (let at = 0; at <= stream.length; at++) {
      const found = read(generateUsageReader(type), [stream.subarray(0, at), stream.subarray(at)]);
      expect(found).toEqual({ complete: true, failed: false, model: 'gemini-x', tokens: whole });
    }
  });

  it.each(FORMS)('is what was known when %s were cut', (_title, type, stream) => {
    const cut = stream.subarray(0, stream.indexOf('cachedContentTokenCount'));
    expect(read(generateUsageReader(type), [cut])).toMatchObject({ complete: false, failed: false, tokens: atFirst });
  });

  it.each([
    ['events', 'text/event-stream', sse(first, { error: { code: 503, status: 'UNAVAILABLE' } })],
    ['a JSON array', 'application/json', Buffer.from(JSON.stringify([first, { error: { code: 503 } }]))],
  ])('is a failure when an error stands in %s', (_title, type, stream) => {
    expect(read(generateUsageReader(type), [stream])).toMatchObject({ complete: false, failed: true, tokens: atFirst });
  });
});

describe('the usage of a Gemini answer in one piece', () => {
  it('is read from the object', () => {
    const found = read(generateUsageReader('application/json'), [Buffer.from(JSON.stringify(last))]);
    expect(found).toEqual({ complete: true, failed: false, model: 'gemini-x', tokens: whole });
  });

  it('is whole without a candidate when the prompt was blocked', () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 7 } };
    const found = read(generateUsageReader('application/json'), [Buffer.from(JSON.stringify(blocked))]);
    expect(found).toMatchObject({ complete: true, tokens: { inputTokens: 7 } });
  });

  it('is a whole number, whatever a provider makes up', () => {
    const [promptTokenCount, toolUsePromptTokenCount] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
    const answer = Buffer.from(JSON.stringify({ usageMetadata: { promptTokenCount, toolUsePromptTokenCount } }));
    const { tokens } = read(generateUsageReader('application/json'), [answer]);
    expect(tokens.inputTokens).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each(['', 'not JSON', '[', '{"candidates":', '}}}{{{', '["}","{"]'])('is unknown for %j', (text) => {
    expect(read(generateUsageReader('application/json'), [Buffer.from(text)])).toMatchObject({
      ...{ complete: false, failed: false, tokens: { inputTokens: 0 } },
    });
  });
});
