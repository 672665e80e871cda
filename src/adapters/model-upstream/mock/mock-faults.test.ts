import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { json, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { SAMPLE_CALLS, type SampleCall } from '../../../../tests/testkit/sample-calls.js';
import type { ModelProvider, ModelRequest, ModelResponse } from '../../../ports/model-upstream.js';
import type { MockBookLine } from './mock-books.js';
import { faultOf } from './mock-fault.js';
import { MockModelUpstream } from './mock-model-upstream.js';

let upstream: MockModelUpstream;
let caller: AbortController;
beforeEach(() => {
  upstream = new MockModelUpstream({ pieceIntervalMs: 0, slowPieceIntervalMs: 40, lateMs: 80 });
  caller = new AbortController();
});
afterEach(() => upstream.close());

const requestOf = (call: SampleCall, model: string): ModelRequest => ({
  ...{ provider: call.provider, method: 'POST', path: call.path(model), headers: call.credential('key') },
  ...{ body: Buffer.from(JSON.stringify(call.body(model))), signal: caller.signal },
});
const ask = (call: SampleCall, model: string): Promise<ModelResponse> => upstream.send(requestOf(call, model));

/** The bytes until the end, and whether it was a cut. */
async function read({ body }: ModelResponse): Promise<{ bytes: string; error: unknown }> {
  let bytes = '';
  try {
    for await (const piece of body) bytes += String(piece);
  } catch (error) {
    return { bytes, error };
  }
  return { bytes, error: undefined };
}

const onlyLine = () => {
  expect(upstream.books.lines).toHaveLength(1);
  return upstream.books.lines[0]!;
};
const NOTHING_ELSE = { received: 1, answered: 0, failed: {}, cut: 0, abandoned: 0, inputTokens: 0, outputTokens: 0 };

const ERRORS: Readonly<Record<ModelProvider, Readonly<Record<'mock-429' | 'mock-500', object>>>> = {
  anthropic: {
    'mock-429': { type: 'error', error: { type: 'rate_limit_error' }, request_id: expect.any(String) },
    'mock-500': { type: 'error', error: { type: 'api_error' }, request_id: expect.any(String) },
  },
  openai: {
    'mock-429': { error: { type: 'requests', param: null, code: 'rate_limit_exceeded' } },
    'mock-500': { error: { type: 'server_error', param: null, code: null } },
  },
  google: {
    'mock-429': { error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '1s' }] } },
    'mock-500': { error: { code: 500, status: 'INTERNAL' } },
  },
};

describe('a fault', () => {
  it.each([
    ['mock-429', '429'],
    ['gpt-5.5-mock-500', '500'],
    ['models/mock-hang', 'hang'],
    ['claude-sonnet-mock', undefined],
    ['mock-slower', undefined],
    ['mock-cut-2', undefined],
    ['hammock-cut', undefined],
    ['mock-toString', undefined],
  ])('is asked for by how the name of a model ends: %s', (model, fault) => {
    expect(faultOf(model)).toBe(fault);
  });

  it('does not come before what the provider would refuse anyway', async () => {
    const call = SAMPLE_CALLS[0]!;
    const answer = await upstream.send({ ...requestOf(call, 'mock-hang'), headers: {} });
    expect(answer.status).toBe(401);
  });
});

describe.each(SAMPLE_CALLS)('$title', (call) => {
  it('without a fault is booked as answered, with the tokens that it tells', async () => {
    const { bytes } = await read(await ask(call, 'plain'));
    const line = onlyLine();
    expect(line).toMatchObject({ provider: call.provider, model: 'plain', received: 1, answered: 1, abandoned: 0 });
    expect(line.inputTokens).toBe(Math.ceil(requestOf(call, 'plain').body.length / 4));
    expect(line.outputTokens).toBeGreaterThan(20);
    for (const figure of [line.inputTokens, line.outputTokens]) expect(bytes).toMatch(new RegExp(`:${figure}[,}]`));
  });

  it('tells tokens of every kind that its provider knows when asked for, the same ones in all', async () => {
    await read(await ask(call, 'mock-figurez'));
    const { bytes } = await read(await ask(call, 'mock-figures'));
    const [plain, line] = upstream.books.lines as [MockBookLine, MockBookLine];
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = line;
    expect(inputTokens + cacheReadTokens + cacheWriteTokens).toBe(plain.inputTokens);
    expect(outputTokens + reasoningTokens).toBe(plain.outputTokens);
    const told = [cacheReadTokens, call.provider === 'anthropic' ? cacheWriteTokens : reasoningTokens];
    for (const figure of told) {
      expect(figure).toBeGreaterThan(0);
      expect(bytes).toMatch(new RegExp(`:${figure}[,}]`));
    }
  });

  it.each(['mock-429', 'mock-500'] as const)("is refused in the provider's form: %s", async (model) => {
    const { status, headers, body } = await ask(call, model);
    const code = Number(model.slice(-3));
    expect([status, headers['retry-after']]).toEqual([code, code === 429 ? '1' : undefined]);
    expect(await json(body)).toMatchObject(ERRORS[call.provider][model]);
    expect(onlyLine()).toMatchObject({ ...NOTHING_ELSE, model, failed: { [code]: 1 } });
  });

  it('is cut in its middle, without its end', async () => {
    const whole = await text((await ask(call, 'mock-xxx')).body);
    const { bytes, error } = await read(await ask(call, 'mock-cut'));
    expect(String(error)).toContain('cut');
    expect(bytes).toHaveLength(Math.ceil(whole.length / 2));
    expect(upstream.books.lines[1]).toMatchObject({ ...NOTHING_ELSE, model: 'mock-cut', cut: 1 });
  });

  it('stops in its middle and says no more until the caller goes away', async () => {
    const { body } = await ask(call, 'mock-stall');
    body.once('data', () => setTimeout(() => caller.abort(), 60));
    await expect(text(body)).rejects.toThrow('abort');
    expect(onlyLine()).toMatchObject({ ...NOTHING_ELSE, abandoned: 1 });
  });

  it('hangs until the caller goes away', async () => {
    const answer = ask(call, 'mock-hang');
    expect(await Promise.race([answer, sleep(60, 'nothing')])).toBe('nothing');
    expect(onlyLine()).toMatchObject({ ...NOTHING_ELSE, abandoned: 0 });
    caller.abort();
    await expect(answer).rejects.toThrow('abort');
    expect(onlyLine()).toMatchObject({ ...NOTHING_ELSE, abandoned: 1 });
  });

  it.each([
    ['mock-late', 80],
    ['mock-slow', 3 * 40],
  ])('comes whole in the end: %s', async (model, ms) => {
    const begun = performance.now();
    const { error } = await read(await ask(call, model));
    expect(error).toBeUndefined();
    expect(performance.now() - begun).toBeGreaterThan(ms - 5);
    expect(onlyLine()).toMatchObject({ received: 1, answered: 1 });
  });

  it('that the caller leaves in its middle is booked so', async () => {
    const { body } = await ask(call, 'mock-slow');
    body.once('data', () => caller.abort());
    await expect(text(body)).rejects.toThrow('abort');
    expect(onlyLine()).toMatchObject({ ...NOTHING_ELSE, abandoned: 1 });
  });
});

describe('the books', () => {
  it('hold a call in no end before it has one', async () => {
    const answer = await ask(SAMPLE_CALLS[1]!, 'under-way');
    expect(onlyLine()).toMatchObject(NOTHING_ELSE);
    await read(answer);
    expect(onlyLine()).toMatchObject({ received: 1, answered: 1 });
  });

  it('have a line for each path and model, side calls too', async () => {
    const [messages] = SAMPLE_CALLS;
    await read(await ask(messages!, 'a'));
    await read(await ask(messages!, 'a'));
    await read(await ask(messages!, 'b'));
    await read(await upstream.send({ ...requestOf(messages!, 'a'), path: '/v1/messages/count_tokens?beta=true' }));
    await read(await upstream.send({ ...requestOf(messages!, 'a'), method: 'GET', path: '/v1/models' }));
    expect(
      upstream.books.lines.map(({ path, model, received, answered }) => [path, model, received, answered]),
    ).toEqual([
      ['/v1/messages', 'a', 2, 2],
      ['/v1/messages', 'b', 1, 1],
      ['/v1/messages/count_tokens', 'a', 1, 1],
      ['/v1/models', '', 1, 1],
    ]);
  });

  it('stay small, whatever names callers choose, and lose no call', async () => {
    const [messages] = SAMPLE_CALLS;
    for (let n = 0; n < 1010; n += 1) await read(await ask(messages!, `m${n}`));
    const { lines } = upstream.books;
    expect(lines).toHaveLength(1001);
    expect(lines.at(-1)).toMatchObject({ path: '*', model: '*', received: 10, answered: 10 });
  });
});
