import { afterEach, describe, expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { GatewayRig } from '../../../tests/testkit/gateway-rig.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { TriagedError } from '../../kernel/errors.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import type { ModelCall } from '../usage/index.js';
import type { Admission, ModelCallGate } from './types.js';

const retryInfo = (retryDelay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });

const PROVIDERS: readonly {
  readonly whose: { readonly aiAgent: AiAgent; readonly provider: ModelProvider };
  readonly path: string;
  readonly side: readonly [method: string, path: string];
  readonly headers: Readonly<Record<string, string>>;
  readonly limited: object;
  readonly spent: object;
  readonly notCounted: object;
}[] = [
  {
    whose: { aiAgent: 'CLAUDE_CODE', provider: 'anthropic' },
    path: '/anthropic/v1/messages',
    side: ['POST', '/anthropic/v1/messages/count_tokens'],
    headers: { 'x-api-key': 'key-of-this-run' },
    limited: { type: 'error', error: { type: 'rate_limit_error', message: 'Too many.' } },
    spent: { type: 'error', error: { type: 'rate_limit_error', message: 'Too many.' } },
    notCounted: { type: 'error', error: { type: 'overloaded_error' } },
  },
  {
    whose: { aiAgent: 'CODEX_CLI', provider: 'openai' },
    path: '/openai/v1/responses',
    side: ['GET', '/openai/v1/models'],
    headers: { authorization: 'Bearer key-of-this-run' },
    limited: { error: { type: 'requests', code: 'rate_limit_exceeded', message: 'Too many.', param: null } },
    spent: { error: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'Too many.', param: null } },
    notCounted: { error: { type: 'server_error', code: 'service_unavailable' } },
  },
  {
    whose: { aiAgent: 'GEMINI_CLI', provider: 'google' },
    path: '/google/v1beta/models/gemini-2.5-pro:generateContent',
    side: ['POST', '/google/v1beta/models/gemini-2.5-pro:countTokens'],
    headers: { 'x-goog-api-key': 'key-of-this-run' },
    limited: {
      error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Too many.', details: [retryInfo('7s')] },
    },
    spent: {
      error: {
        ...{ code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Too many.' },
        details: [expect.objectContaining({ reason: 'QUOTA_EXHAUSTED' }), retryInfo('3600s')],
      },
    },
    notCounted: { error: { code: 503, status: 'UNAVAILABLE' } },
  },
];

let rig: GatewayRig;
afterEach(() => rig.close());

const refusing = (refusal: Omit<Extract<Admission, { admitted: false }>, 'admitted' | 'message'>): ModelCallGate => ({
  admit: () => Promise.resolve({ admitted: false, message: 'Too many.', ...refusal }),
});

describe.each(PROVIDERS)('a call that a limit refuses, by $whose.provider', (provider) => {
  const { whose, path, side, headers } = provider;
  const ask = async (gate: ModelCallGate) => {
    rig = await GatewayRig.start(whose, { gate });
    const answer = await rig.call('POST', path, headers, '{}');
    return { ...answer, json: JSON.parse(answer.body.toString()) as object };
  };

  it('is answered in its form with when to come back, counted apart, and not sent', async () => {
    const {
      status,
      headers: answered,
      json,
    } = await ask(refusing({ limit: 'REQUESTS_PER_MINUTE', retryAfterSeconds: 7 }));
    expect([status, answered['retry-after'], answered['x-should-retry']]).toEqual([429, '7', undefined]);
    expect(json).toEqual(provider.limited);
    expect([rig.received.length, rig.calls.length, rig.limited.length]).toEqual([0, 0, 1]);
  });

  it('is told not to retry when a budget is spent', async () => {
    const day = await ask(refusing({ limit: 'DAY_BUDGET', retryAfterSeconds: 3600 }));
    expect([day.status, day.headers['retry-after'], day.headers['x-should-retry']]).toEqual([429, '3600', 'false']);
    expect(day.json).toEqual(provider.spent);
    await rig.close();
    const run = await ask(refusing({ limit: 'RUN_BUDGET' }));
    expect([run.status, run.headers['retry-after'], run.headers['x-should-retry']]).toEqual([429, undefined, 'false']);
  });

  it('is not sent when nobody can say whether it may be', async () => {
    const away = new TriagedError('SERVICE_UNAVAILABLE', 'away');
    const { status, headers: answered, json } = await ask({ admit: () => Promise.reject(away) });
    expect([status, answered['retry-after']]).toEqual([503, '2']);
    expect(json).toMatchObject(provider.notCounted);
    expect([rig.received.length, rig.calls.length, rig.limited.length]).toEqual([0, 0, 0]);
  });

  it('is no side call', async () => {
    rig = await GatewayRig.start(whose, { gate: refusing({ limit: 'RUN_BUDGET' }) });
    const [method, url] = side;
    expect((await rig.call(method, url, headers, method === 'POST' ? '{}' : '')).status).toBe(200);
    expect([rig.received.length, rig.calls.length, rig.limited.length]).toEqual([1, 1, 0]);
  });
});

describe('an admitted call', () => {
  it.each([
    ['is answered', 200],
    ['fails', 500],
  ])('is settled once when it %s', async (_, status) => {
    const settled: unknown[] = [];
    const gate = {
      admit: () => Promise.resolve({ admitted: true, settle: (call: unknown) => settled.push(call) } as const),
    };
    rig = await GatewayRig.start(PROVIDERS[0]!.whose, { gate });
    rig.answer = (_request, response) => void response.writeHead(status).end('{}');
    await rig.call('POST', PROVIDERS[0]!.path, PROVIDERS[0]!.headers, '{}');
    expect(settled).toEqual(rig.calls);
    expect(settled).toHaveLength(1);
  });

  it.each([
    ['with its length', (response, body) => void response.setHeader('content-length', body.length).end(body)],
    ['in pieces', (response, body) => void (response.write(body), response.end())],
    ['packed', (response, body) => void response.setHeader('content-encoding', 'gzip').end(gzipSync(body))],
    ['an error', (response, body) => void response.writeHead(500).end(body)],
  ] as readonly [string, (response: ServerResponse, body: string) => void][])(
    'whose settling fails is cut alone: the server goes on: %s',
    async (_, answer) => {
      let settled = 0;
      const settle = (): void => {
        settled += 1;
        if (settled === 1) throw new Error('a fault of the gate');
      };
      rig = await GatewayRig.start(PROVIDERS[0]!.whose, {
        gate: { admit: () => Promise.resolve({ admitted: true, settle } as const) },
      });
      const { path, headers } = PROVIDERS[0]!;
      rig.answer = (_request, response) => answer(response.setHeader('content-type', 'application/json'), '{}');
      const outcome = await rig.call('POST', path, headers, '{}').then(
        ({ cut }) => cut,
        () => true,
      );
      expect(outcome).toBe(true);
      expect(await rig.call('POST', path, headers, '{}')).toMatchObject({ cut: false });
      expect([settled, rig.calls.length]).toEqual([2, 2]);
    },
  );
});

describe('a whole answer that reports no tokens', () => {
  const words = 'w'.repeat(4_000);
  const answer = (text: string) => (_request: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  const unusual = JSON.stringify({ type: 'message', model: 'm', content: [{ type: 'text', text: words }] });
  const spentOf = (settled: readonly (ModelCall | undefined)[]) => settled[0]?.unreportedTokens ?? 0;

  it.each([
    ['the answer of a model', '/anthropic/v1/messages', unusual, 1_000],
    ['an object that says nothing', '/anthropic/v1/messages', '{}', 1],
    ['one that was reported', '/anthropic/v1/messages', unusual.replace('{', '{"usage":{"output_tokens":3},'), 0],
    ['a side call', '/anthropic/v1/messages/count_tokens', '{"input_tokens":9}', 0],
  ])('is charged to budgets by its size, which is no figure of its provider: %s', async (_, path, text, least) => {
    const settled: (ModelCall | undefined)[] = [];
    const gate = {
      admit: async () => ({ admitted: true as const, settle: (call?: ModelCall) => void settled.push(call) }),
    };
    rig = await GatewayRig.start({ aiAgent: 'CLAUDE_CODE', provider: 'anthropic' }, { gate });
    rig.answer = answer(text);
    expect((await rig.call('POST', path, { 'x-api-key': 'key-of-this-run' }, '{}')).status).toBe(200);
    expect(await rig.recorded()).toMatchObject({ outcome: 'COMPLETED', error: undefined, inputTokens: 0 });
    expect(spentOf(settled)).toBe(rig.calls[0]!.unreportedTokens ?? 0);
    if (least === 0) expect(spentOf(settled)).toBe(0);
    else expect(spentOf(settled)).toBeGreaterThanOrEqual(least);
  });

  it('is charged nothing when it is an error', async () => {
    rig = await GatewayRig.start({ aiAgent: 'CLAUDE_CODE', provider: 'anthropic' });
    rig.answer = (_request, response) => void response.writeHead(500).end(words);
    await rig.call('POST', '/anthropic/v1/messages', { 'x-api-key': 'key-of-this-run' }, '{}');
    const call = await rig.recorded();
    expect([call.outcome, call.unreportedTokens]).toEqual(['FAILED', undefined]);
  });
});
