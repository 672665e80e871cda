import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { GatewayRig } from '../../../tests/testkit/gateway-rig.js';
import { SAMPLE_CALLS, type SampleCall } from '../../../tests/testkit/sample-calls.js';

const PACKERS = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const;
type Encoding = keyof typeof PACKERS;
const ENCODINGS = Object.keys(PACKERS) as Encoding[];
const AGENT_OF = { anthropic: 'CLAUDE_CODE', openai: 'CODEX_CLI', google: 'GEMINI_CLI' } as const;
const KEY = 'key-of-this-run';

let rig: GatewayRig;
afterEach(() => rig.close());
const start = async ({ provider }: SampleCall): Promise<void> => {
  rig = await GatewayRig.start({ provider, aiAgent: AGENT_OF[provider] });
};
const ask = (call: SampleCall) =>
  rig.call('POST', `/${call.provider}${call.path('m')}`, call.credential(KEY), JSON.stringify(call.body('m')));

/** Values that JSON can hold and that no reader expects; each as text. */
const ODD_VALUES = [
  ...['{"toString":0,"valueOf":0}', '{"__proto__":null}', '{"length":-1,"0":{}}', 'null', '[null]', '[[]]', '-1e999'],
];
/** All that readers look at. */
const FIELDS = [
  ...['type', 'status', 'model', 'modelVersion', 'usage', 'usageMetadata', 'message', 'response', 'error'],
  ...['candidates', 'choices', 'promptFeedback'],
];
const deep = '['.repeat(20_000) + ']'.repeat(20_000);
const oddObjects = ODD_VALUES.flatMap((value) => {
  const all = `{${FIELDS.map((field) => `"${field}":${value}`).join(',')}}`;
  const nested = ['message', 'response', 'usage', 'usageMetadata'].map((field) => `{"${field}":${all}}`);
  const typed = ['message_start', 'message_delta', 'response.completed'].map(
    (type) => `{"type":"${type}","message":${all},"response":${all},"usage":${all}}`,
  );
  return [all, `{"choices":[${all}],"candidates":[${all}]}`, ...nested, ...typed, value];
}).concat(`{"status":${deep}}`, `{"response":{"status":${deep},"usage":${deep}},"usage":${deep}}`);
const ODD_ANSWERS = [
  ['text/event-stream', Buffer.from(oddObjects.map((object) => `data: ${object}\n\n`).join(''))],
  ['application/json', Buffer.from(`[${oddObjects.join(',')}]`)],
] as const;

describe.each(SAMPLE_CALLS)('an answer to $title with JSON of the wrong types', (call) => {
  it.each(['identity', ...ENCODINGS] as const)(
    'is passed on, and ends neither the exchange nor the server: %s',
    async (encoding) => {
      await start(call);
      for (const [type, plain] of ODD_ANSWERS) {
        const sent = encoding === 'identity' ? plain : PACKERS[encoding](plain);
        rig.answer = (_request, response) =>
          void response.writeHead(200, { 'content-type': type, 'content-encoding': encoding }).end(sent);
        const { cut, body } = await ask(call);
        expect([cut, body.equals(sent)]).toEqual([false, true]);
      }
      expect(rig.calls).toHaveLength(2);
      for (const { error } of rig.calls) expect(['CUT', 'PROVIDER_ERROR', undefined]).toContain(error);
    },
  );
});

const RESPONSES = SAMPLE_CALLS.find((call) => call.path('m') === '/v1/responses')!;
const response = JSON.stringify({
  ...{ object: 'response', model: 'gpt-x', status: 'completed' },
  ...{ usage: { input_tokens: 5, output_tokens: 3 } },
});

describe.each(ENCODINGS)('a %s answer with bytes behind its end', (encoding) => {
  const packed = PACKERS[encoding](response);

  it.each([
    ['chunked', false],
    ['with its length', true],
  ])('ends, and is counted: %s', async (_how, withLength) => {
    await start(RESPONSES);
    const junk = Buffer.from('junk behind the end');
    const length = { 'content-length': String(packed.length + junk.length) };
    rig.answer = (_request, answer) => {
      answer.writeHead(200, {
        ...{ 'content-type': 'application/json', 'content-encoding': encoding },
        ...(withLength ? length : {}),
      });
      answer.write(packed);
      setTimeout(() => answer.end(junk), 30);
    };
    const { cut, body } = await ask(RESPONSES);
    expect([cut, body.equals(Buffer.concat([packed, junk]))]).toEqual([false, true]);
    expect(await rig.recorded()).toMatchObject({ outcome: 'COMPLETED', inputTokens: 5, outputTokens: 3 });
  });

  it('ends when they come in the same piece', async () => {
    await start(RESPONSES);
    const sent = Buffer.concat([packed, Buffer.from('junk')]);
    rig.answer = (_request, answer) =>
      void answer.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(sent);
    expect((await ask(RESPONSES)).body.equals(sent)).toBe(true);
    await rig.recorded();
  });
});

const MIB = 1024 * 1024;
const CHAT = SAMPLE_CALLS.find((call) => call.path('m') === '/v1/chat/completions')!;

describe('an answer that would take all of the server', () => {
  const until = (bytes: number, piece: (index: number) => string): string => {
    const pieces = [];
    for (let length = 0; length < bytes; length += pieces.at(-1)!.length) pieces.push(piece(pieces.length));
    return pieces.join('');
  };

  const names = (bytes: number): string => `{"a":[${until(bytes, (at) => `{"${at.toString(36)}":0},`)}0]}`;

  /** What is handed to the parser meanwhile: that, and not a scan of the bytes, is where the time and the heap would go. */
  const watchParser = () => {
    const parse = JSON.parse;
    const seen = { texts: 0, characters: 0 };
    const spy = jest.spyOn(JSON, 'parse').mockImplementation((text, reviver) => {
      seen.texts += 1;
      seen.characters += text.length;
      return parse(text, reviver) as unknown;
    });
    return { seen, stop: () => spy.mockRestore() };
  };

  it.each([
    ['events that are no JSON', 'text/event-stream', () => until(8 * MIB, () => 'data: {x\n\n')],
    ['objects that are no JSON', 'application/json', () => `[${until(6 * MIB, () => '{x},')}`],
    ['events of a million names', 'text/event-stream', () => `data: ${names(7 * MIB)}\n\n`.repeat(4)],
    ['an object of two million names', 'application/json', () => names(24 * MIB)],
  ])(
    'takes a little of its time: %s',
    async (_, type, hostile) => {
      await start(CHAT);
      const sent = hostile();
      rig.answer = (_request, answer) => void answer.writeHead(200, { 'content-type': type }).end(sent);
      const parser = watchParser();
      const { cut, body } = await ask(CHAT).finally(parser.stop);
      expect([cut, body.length]).toEqual([false, sent.length]);
      // A hundred texts of the answer's, and what the request itself takes.
      expect(parser.seen.texts).toBeLessThan(150);
      expect(parser.seen.characters).toBeLessThan(10_000);
      expect(await rig.recorded()).toMatchObject({ outcome: 'PARTIAL', error: 'CUT' });
    },
    30_000,
  );
});

describe('an answer that is too long to be read', () => {
  it('counts as cut, and budgets are charged by its size', async () => {
    await start(CHAT);
    const usage = { prompt_tokens: 7, completion_tokens: 9 };
    const sent = JSON.stringify({ model: 'gpt-x', usage, choices: [{ logprobs: 'x'.repeat(33 * MIB) }] });
    rig.answer = (_request, answer) => void answer.writeHead(200, { 'content-type': 'application/json' }).end(sent);
    expect((await ask(CHAT)).body).toHaveLength(sent.length);
    const { unreportedTokens, ...call } = await rig.recorded();
    expect(call).toMatchObject({ outcome: 'PARTIAL', error: 'CUT', outputTokens: 0 });
    expect(unreportedTokens).toBeGreaterThan((33 * MIB) / 4);
  });
});
