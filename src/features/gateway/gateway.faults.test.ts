import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayRig, type Answer, type GatewayRigOptions } from '../../../tests/testkit/gateway-rig.js';
import { SAMPLE_CALLS, type SampleCall } from '../../../tests/testkit/sample-calls.js';
import { startModelServer, type ModelServer } from '../../../tests/testkit/model-server.js';
import { until } from '../../../tests/testkit/until.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { ModelProvider } from '../../ports/model-upstream.js';

const AGENT_OF: Readonly<Record<ModelProvider, AiAgent>> = {
  anthropic: 'CLAUDE_CODE',
  openai: 'CODEX_CLI',
  google: 'GEMINI_CLI',
};
const KEY = 'key-of-this-run';

/** As the gateway itself tells that the provider did not answer in time. */
const TIMED_OUT: Readonly<Record<ModelProvider, object>> = {
  anthropic: { type: 'error', error: { type: 'timeout_error' } },
  openai: { error: { type: 'server_error', param: null, code: 'timeout' } },
  google: { error: { code: 504, status: 'DEADLINE_EXCEEDED' } },
};

let provider: ModelServer;
let rig: GatewayRig;
beforeAll(async () => {
  provider = await startModelServer({ host: '127.0.0.1', timing: { slowPieceIntervalMs: 15, lateMs: 100 } });
});
afterAll(() => provider.close());
afterEach(() => rig.close());

let models = 0;
/** A name that only this test asks for. */
const modelOf = (fault: string): string => `m${(models += 1)}-${fault}`;
const booksOf = (model: string) => {
  const lines = provider.books.lines.filter((line) => line.model === model);
  expect(lines).toHaveLength(1);
  return lines[0]!;
};

const start = async (call: SampleCall, options: GatewayRigOptions = {}): Promise<void> => {
  const whose = { provider: call.provider, aiAgent: AGENT_OF[call.provider] };
  rig = await GatewayRig.start(whose, { upstreamUrl: provider.url, ...options });
};
const target = (call: SampleCall, model: string) =>
  ['POST', `/${call.provider}${call.path(model)}`, call.credential(KEY), JSON.stringify(call.body(model))] as const;
const ask = (call: SampleCall, model: string): Promise<Answer> => rig.call(...target(call, model));
/** What the provider itself says to the same call. */
const askDirectly = async (call: SampleCall, model: string) => {
  const [method, path, headers, body] = target(call, model);
  const url = provider.url + path.slice(`/${call.provider}`.length);
  const answer = await fetch(url, { method, headers, body });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: await answer.text() };
};

describe.each(SAMPLE_CALLS)('$title', (call) => {
  it.each([
    ['mock-429', 429, 'RATE_LIMITED'],
    ['mock-500', 500, 'PROVIDER_ERROR'],
  ] as const)("the agent sees its provider's own %s, counted once", async (fault, status, error) => {
    const model = modelOf(fault);
    await start(call);
    const { body, headers, ...answer } = await ask(call, model);
    expect(booksOf(model)).toMatchObject({ received: 1, failed: { [status]: 1 } });
    const direct = await askDirectly(call, model);
    expect([answer.status, headers['retry-after'] ?? null, body.toString()]).toEqual([
      ...[status, direct.retryAfter, direct.body],
    ]);
    expect(await rig.recorded()).toMatchObject({ outcome: 'FAILED', error, status, inputTokens: 0, outputTokens: 0 });
  });

  it('cut by the provider is cut for the agent, and a part', async () => {
    const model = modelOf('mock-cut');
    await start(call);
    const { cut, status } = await ask(call, model);
    expect([cut, status]).toEqual([true, 200]);
    expect(booksOf(model)).toMatchObject({ received: 1, cut: 1 });
    expect(await rig.recorded()).toMatchObject({ outcome: 'PARTIAL', error: 'CUT' });
  });

  it('of a provider that hangs ends in bounded time, in its form, and the call to it ends too', async () => {
    const model = modelOf('mock-hang');
    await start(call, { firstByteTimeoutMs: 150 });
    const begun = performance.now();
    const { status, body } = await ask(call, model);
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(status).toBe(504);
    expect(JSON.parse(body.toString())).toMatchObject(TIMED_OUT[call.provider]);
    await until(() => booksOf(model).abandoned === 1);
    expect(booksOf(model)).toMatchObject({ received: 1, answered: 0 });
    expect(await rig.recorded()).toMatchObject({ outcome: 'FAILED', error: 'TIMEOUT' });
  });

  it('of a provider that falls silent in the middle is cut in bounded time', async () => {
    const model = modelOf('mock-stall');
    await start(call, { silenceMs: 300 });
    const begun = performance.now();
    expect((await ask(call, model)).cut).toBe(true);
    expect(performance.now() - begun).toBeLessThan(5000);
    await until(() => booksOf(model).abandoned === 1);
    expect(await rig.recorded()).toMatchObject({ outcome: 'PARTIAL', error: 'CUT' });
  });

  it.each(['mock-late', 'mock-slow', 'mock-figures', 'well'])(
    'comes whole, and is counted as booked: %s',
    async (how) => {
      const model = modelOf(how);
      await start(call);
      expect((await ask(call, model)).cut).toBe(false);
      const { received, answered, outputTokens, ...line } = booksOf(model);
      expect([received, answered]).toEqual([1, 1]);
      const { inputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = line;
      expect(await rig.recorded()).toMatchObject({
        ...{ outcome: 'COMPLETED', error: undefined },
        ...{ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens },
      });
      expect(outputTokens).toBeGreaterThan(0);
      expect(cacheReadTokens > 0).toBe(how === 'mock-figures');
    },
  );

  it('that the agent leaves in the middle is a part and no error, and the call to the provider ends', async () => {
    const model = modelOf('mock-slow');
    await start(call);
    const response = await rig.begin(...target(call, model)).head;
    response.once('data', () => response.destroy());
    expect(await rig.recorded()).toMatchObject({ outcome: 'PARTIAL', error: undefined, status: 200 });
    await until(() => booksOf(model).abandoned === 1);
    expect(booksOf(model)).toMatchObject({ received: 1, answered: 0, cut: 0 });
  });
});
