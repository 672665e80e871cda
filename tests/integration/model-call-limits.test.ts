import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditTrail } from '../testkit/audit.js';
import type { TestClient } from '../testkit/client.js';
import { callModel, callStatuses } from '../testkit/model-calls.js';
import type { ModelAnswer } from '../testkit/model-calls.js';
import { playedInstance, playedRun, setLimits } from '../testkit/played-runs.js';
import type { PlayedRun } from '../testkit/played-runs.js';
import { spendingBody, startSpendingProvider } from '../testkit/spending-provider.js';
import type { SpendingProvider } from '../testkit/spending-provider.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { awaitRun } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

let provider: SpendingProvider;
let server: TenantsServer;
let admin: TestClient;

beforeAll(async () => {
  provider = await startSpendingProvider();
  server = await startTenantsServer({
    tenants: ['acme'],
    environment: {
      ...{ RATE_LIMIT_REQUESTS: '100000', MAX_CONCURRENT_RUNS: '32' },
      ...{ MODEL_UPSTREAM: 'http', ANTHROPIC_UPSTREAM_URL: provider.url },
    },
  });
  admin = server.client('acme', 'ADMIN');
}, 120_000);
afterAll(async () => {
  await server?.close();
  await provider?.close();
});

const run = (options: Parameters<typeof playedRun>[2] = {}): Promise<PlayedRun> =>
  playedRun(admin, server.servers[0]!.dataDir, options);
const spend = (on: PlayedRun, tokens: number, count = 1) => callStatuses(on, count, spendingBody(tokens));
const times = (count: number, status: number) => Array.from({ length: count }, () => status);

/** What is audited of limits that were reached, as soon as there are so many events; they are written off the calls' way. */
async function reached({ instanceId }: PlayedRun, count: number) {
  let events: Awaited<ReturnType<typeof auditTrail>> = [];
  await until(async () => {
    events = await auditTrail(admin, { instanceId, action: 'AI_AGENT_LIMIT_REACHED' });
    return events.length >= count;
  });
  return events.map(({ details, aiAgent, runId, keyId }) => ({
    ...{ aiAgent, runId, keyId },
    details: Object.fromEntries(details.map(({ name, value }) => [name, value])),
  }));
}

const messageOf = ({ body }: ModelAnswer) => (JSON.parse(body) as { error: { message: string } }).error.message;

describe('requests per minute', () => {
  it('let exactly so many calls of a run through, then answer 429 as the provider does, saying when to come back', async () => {
    const on = await run();
    await setLimits(admin, on, { requestsPerMinute: 3 });
    expect(await callStatuses(on, 3)).toEqual([200, 200, 200]);
    const refused = await callModel(on);
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(50);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.headers['x-should-retry']).toBeUndefined();
    expect(JSON.parse(refused.body)).toEqual({
      type: 'error',
      error: { type: 'rate_limit_error', message: expect.stringContaining('3 model calls a minute') },
    });
    expect(provider.callsOf(on.apiKey)).toBe(3);
  });

  it('do not count side calls', async () => {
    const on = await run();
    await setLimits(admin, on, { requestsPerMinute: 1, runBudget: { tokens: 1 } });
    const side = { url: '/anthropic/v1/messages/count_tokens' };
    for (let index = 0; index < 3; index += 1) expect((await callModel(on, side)).status).toBe(200);
    expect(await spend(on, 1, 2)).toEqual([200, 429]);
    expect((await callModel(on, side)).status).toBe(200);
  });

  it('hold from the next call when they are changed', async () => {
    const on = await run();
    expect(await callStatuses(on, 3)).toEqual([200, 200, 200]);
    await setLimits(admin, on, { requestsPerMinute: 2 });
    expect(await callStatuses(on, 3)).toEqual([200, 200, 429]);
    await setLimits(admin, on, { requestsPerMinute: 4 });
    expect(await callStatuses(on, 3)).toEqual([200, 200, 429]);
    await setLimits(admin, on, { requestsPerMinute: null });
    expect(await callStatuses(on, 2)).toEqual([200, 200]);
  });

  it('are logged and audited once, however often a call is refused', async () => {
    const on = await run();
    await setLimits(admin, on, { requestsPerMinute: 1 });
    expect(await callStatuses(on, 50)).toEqual([200, ...times(49, 429)]);
    const details = { limit: 'REQUESTS_PER_MINUTE', requestsPerMinute: '1' };
    expect(await reached(on, 1)).toEqual([{ aiAgent: 'CLAUDE_CODE', runId: on.runId, keyId: null, details }]);
    const lines = async () => (await server.servers[0]!.output()).split('\n').filter(isNotice);
    const isNotice = (line: string) => line.includes(on.instanceId) && line.includes('a limit of an AI agent');
    await until(async () => (await lines()).length > 0);
    expect(await lines()).toHaveLength(1);
  });

  it('are of each instance alone', async () => {
    const [one, other] = [await run(), await run()];
    await setLimits(admin, one, { requestsPerMinute: 2 });
    await setLimits(admin, other, { requestsPerMinute: 4 });
    expect(await callStatuses(one, 4)).toEqual([200, 200, 429, 429]);
    expect(await callStatuses(other, 5)).toEqual([200, 200, 200, 200, 429]);
  });

  it('still hold for runs that go on when the AI agent is removed', async () => {
    const on = await run();
    await setLimits(admin, on, { requestsPerMinute: 1 });
    const REMOVE = `mutation ($id: ID!) { removeAiAgent(instanceId: $id, aiAgent: CLAUDE_CODE) { id } }`;
    await admin.ok(REMOVE, { id: on.instanceId });
    expect(await callStatuses(on, 2)).toEqual([200, 429]);
  });
});

describe('tokens per minute', () => {
  it('let calls through while fewer were used, by all runs of the instance', async () => {
    const on = await playedInstance(admin);
    const [one, other] = [await run({ on }), await run({ on })];
    await setLimits(admin, on, { tokensPerMinute: 100 });
    expect(await spend(one, 60)).toEqual([200]);
    expect(await spend(other, 39)).toEqual([200]);
    expect(await spend(one, 500)).toEqual([200]);
    const refused = await callModel(other);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
    expect(messageOf(refused)).toContain('100 tokens a minute');
  });
});

describe('calls at once', () => {
  it('are as many as there may be, and one more as soon as one has ended', async () => {
    const on = await run();
    await setLimits(admin, on, { concurrentCalls: 2 });
    const release = provider.hold();
    const held = [callModel(on), callModel(on)];
    await until(() => provider.callsOf(on.apiKey) === 2);
    const refused = await callModel(on);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    release();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await callStatuses(on, 5)).toEqual(times(5, 200));
    expect(await reached(on, 1)).toHaveLength(1);
  });
});

describe('the budget of a run', () => {
  it('is its own, is spent by its tokens, and tells clients not to retry', async () => {
    const on = await playedInstance(admin);
    const [one, other] = [await run({ on }), await run({ on })];
    await setLimits(admin, on, { runBudget: { tokens: 100 } });
    expect(await spend(one, 50, 3)).toEqual([200, 200, 429]);
    const refused = await callModel(one);
    expect(refused.headers).toMatchObject({ 'x-should-retry': 'false' });
    expect(refused.headers['retry-after']).toBeUndefined();
    expect(messageOf(refused)).toContain("This run's budget, 100 tokens, is spent");
    expect(await spend(other, 99, 3)).toEqual([200, 200, 429]);
    expect((await reached(one, 2)).map(({ runId }) => runId)).toEqual([one.runId, other.runId]);
    await setLimits(admin, on, { runBudget: { tokens: 101 } });
    expect(await spend(one, 1, 2)).toEqual([200, 429]);
  });

  it('counts what was spent before it was set', async () => {
    const on = await run();
    expect(await spend(on, 70, 2)).toEqual([200, 200]);
    await setLimits(admin, on, { runBudget: { tokens: 140 } });
    expect((await callModel(on)).status).toBe(429);
  });

  it.each([
    ['of the model, where that has one', 'gpt-4.1', 0.0008, 100],
    ['of the dearest model, where nobody has given one', 'unheard-of', 0.0045, 100],
  ])('is spent by what its tokens cost: by the price %s', async (_, model, costUsd, tokens) => {
    const on = await run();
    expect(await callStatuses(on, 1, spendingBody(tokens / 2, model))).toEqual([200]);
    await usageOf(on.instanceId, tokens / 2);
    await setLimits(admin, on, { runBudget: { costUsd }, dayBudget: { costUsd: costUsd * 1.01 } });
    expect(await callStatuses(on, 1, spendingBody(tokens / 2 - 1, model))).toEqual([200]);
    expect(await callStatuses(on, 2, spendingBody(1, model))).toEqual([200, 429]);
    expect((await reached(on, 1))[0]?.details).toEqual({ limit: 'RUN_BUDGET', 'runBudget.costUsd': `${costUsd} USD` });
    await setLimits(admin, on, { runBudget: null });
    // What is left of the day is one token's cost.
    expect(await callStatuses(on, 2, spendingBody(1, model))).toEqual([200, 429]);
  });

  it('is spent by calls that the agent leaves before their usage comes, and so is the budget of a day', async () => {
    const on = await playedInstance(admin);
    const [one, other] = [await run({ on }), await run({ on })];
    await setLimits(admin, on, { runBudget: { tokens: 5_000 }, dayBudget: { tokens: 10_000 } });
    const body = JSON.stringify({
      model: 'm',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'x'.repeat(11_000) }],
    });
    const PARTIAL = `query ($id: ID!, $day: Date!) { usage(instanceId: $id, from: $day, to: $day) { partialCount } }`;
    const partial = async () =>
      (await admin.ok<{ usage: { partialCount: number }[] }>(PARTIAL, { id: on.instanceId, day: today() })).usage[0]
        ?.partialCount ?? 0;
    const leave = async (from: PlayedRun) => {
      const known = await partial();
      const [release, before, left] = [provider.hold(), provider.callsOf(on.apiKey), new AbortController()];
      const call = callModel(from, { body, signal: left.signal });
      await until(() => provider.callsOf(on.apiKey) > before);
      left.abort();
      await expect(call).rejects.toThrow();
      // An answer that comes at the same time would be whole.
      await until(async () => (await partial()) > known);
      release();
    };
    await leave(one);
    expect(await spend(one, 0)).toEqual([429]);
    expect(messageOf(await callModel(one))).toContain("This run's budget, 5000 tokens, is spent");
    expect(await spend(other, 0)).toEqual([200]);
    await leave(other);
    await setLimits(admin, on, { runBudget: null });
    expect(await spend(other, 0)).toEqual([429]);
    expect(messageOf(await callModel(other))).toContain("day's budget");

    const [ofOne, ofOther] = [await unreportedOf(one), await unreportedOf(other)];
    for (const figure of [ofOne, ofOther]) expect(figure).toBeGreaterThanOrEqual(11_000 / 2);
    const SHOWN = `query ($id: ID!, $day: Date!) { usage(instanceId: $id, from: $day, to: $day) { tokenCount unreportedTokens } }`;
    expect(await admin.ok(SHOWN, { id: on.instanceId, day: today() })).toEqual({
      usage: [{ tokenCount: 0, unreportedTokens: ofOne + ofOther }],
    });
  });

  it('is why a run failed that could not do its work without', async () => {
    const on = await run({ fakeAgent: { hangSeconds: 3, exitCode: 1 } });
    await setLimits(admin, on, { runBudget: { tokens: 10 } });
    expect(await spend(on, 10, 2)).toEqual([200, 429]);
    const { state, failure } = await awaitRun(admin, on.runId);
    expect([state, failure?.code]).toEqual(['FAILED', 'BUDGET_EXCEEDED']);
    expect(failure?.message).toContain('runBudget.tokens of CLAUDE_CODE on its instance is 10 tokens');
  });

  it('is not why a run failed whose last call was let through', async () => {
    const on = await run({ fakeAgent: { hangSeconds: 4, exitCode: 1 } });
    await setLimits(admin, on, { runBudget: { tokens: 10 } });
    expect(await spend(on, 10, 2)).toEqual([200, 429]);
    await setLimits(admin, on, { runBudget: null });
    expect(await spend(on, 10)).toEqual([200]);
    expect((await awaitRun(admin, on.runId)).failure?.code).toBe('AGENT_FAILED');
  });
});

describe('the budget of a day', () => {
  it('is of all runs of the instance together, until midnight in UTC', async () => {
    const on = await playedInstance(admin);
    const [one, other] = [await run({ on }), await run({ on })];
    expect(await spend(one, 30)).toEqual([200]);
    await usageOf(on.instanceId, 30);
    await setLimits(admin, on, { dayBudget: { tokens: 100 } });
    expect(await spend(one, 69)).toEqual([200]);
    expect(await spend(other, 1)).toEqual([200]);
    const refused = await callModel(one);
    expect(refused.status).toBe(429);
    const untilMidnight = (Date.parse(`${today()}T23:59:59.999Z`) - Date.now()) / 1000;
    expect(Math.abs(Number(refused.headers['retry-after']) - untilMidnight)).toBeLessThan(5);
    expect(refused.headers['x-should-retry']).toBe('false');
    expect(messageOf(refused)).toContain("day's budget of CLAUDE_CODE on this instance, 100 tokens, is spent");
    await setLimits(admin, on, { dayBudget: { tokens: 101 } });
    expect(await spend(other, 1, 2)).toEqual([200, 429]);
  });
});

const today = () => new Date().toISOString().slice(0, 10);

async function unreportedOf({ runId }: PlayedRun): Promise<number> {
  const USAGE = `query ($id: ID!) { triageRun(id: $id) { usage { tokenCount unreportedTokens } } }`;
  const { triageRun } = await admin.ok<{ triageRun: { usage: { unreportedTokens: number } } }>(USAGE, { id: runId });
  expect(triageRun.usage).toMatchObject({ tokenCount: 0 });
  return triageRun.usage.unreportedTokens;
}

/** Waits until the database knows of so many tokens today. */
async function usageOf(id: string, tokens: number): Promise<void> {
  const USAGE = `query ($id: ID!, $day: Date!) { usage(instanceId: $id, from: $day, to: $day) { tokenCount } }`;
  await until(async () => {
    const { usage } = await admin.ok<{ usage: { tokenCount: number }[] }>(USAGE, { id, day: today() });
    return usage[0]?.tokenCount === tokens;
  });
}
