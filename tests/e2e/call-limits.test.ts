// needs: redis
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditTrail } from '../testkit/audit.js';
import type { TestClient } from '../testkit/client.js';
import { callModel, callStatuses } from '../testkit/model-calls.js';
import type { ModelAnswer } from '../testkit/model-calls.js';
import { playedInstance, playedRun, setLimits } from '../testkit/played-runs.js';
import type { PlayedInstance, PlayedRun } from '../testkit/played-runs.js';
import { startRedis } from '../testkit/redis.js';
import type { TestRedis } from '../testkit/redis.js';
import { spendingBody, startSpendingProvider } from '../testkit/spending-provider.js';
import type { SpendingProvider } from '../testkit/spending-provider.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { until } from '../testkit/until.js';

let redis: TestRedis;
let provider: SpendingProvider;
let rig: TenantsServer;
let admin: TestClient;

beforeAll(async () => {
  [redis, provider] = await Promise.all([startRedis(), startSpendingProvider()]);
  rig = await startTenantsServer({
    tenants: ['acme'],
    servers: 2,
    environment: {
      ...{ REDIS_URL: redis.url, RATE_LIMIT_REQUESTS: '100000', MAX_CONCURRENT_RUNS: '32', LOG_LEVEL: 'warn' },
      ...{ MODEL_UPSTREAM: 'http', ANTHROPIC_UPSTREAM_URL: provider.url },
    },
  });
  admin = rig.client('acme', 'ADMIN');
}, 120_000);
afterAll(async () => {
  await rig?.close();
  await provider?.close();
  await redis?.close();
});

/** A run of the instance on that server: the other one is stopped while it is claimed. */
async function runOn(server: 0 | 1, on: PlayedInstance): Promise<PlayedRun> {
  const [mine, other] = [rig.servers[server]!, rig.servers[1 - server]!];
  process.kill(other.pid, 'SIGSTOP');
  try {
    return await playedRun(rig.client('acme', 'ADMIN', server), mine.dataDir, { on });
  } finally {
    process.kill(other.pid, 'SIGCONT');
  }
}

const onBoth = async (on: PlayedInstance) => [await runOn(0, on), await runOn(1, on)] as const;

/** So many calls over these runs, 16 at once. */
async function flood(runs: readonly PlayedRun[], count: number): Promise<ModelAnswer[]> {
  const answers: ModelAnswer[] = [];
  let asked = 0;
  const ask = async (): Promise<void> => {
    while (asked < count) answers.push(await callModel(runs[asked++ % runs.length]!));
  };
  await Promise.all(Array.from({ length: 16 }, ask));
  return answers;
}

const passed = (answers: readonly ModelAnswer[]) => answers.filter(({ status }) => status === 200).length;
const spend = (on: PlayedRun, tokens: number, count = 1) => callStatuses(on, count, spendingBody(tokens));

describe('two instances on two servers and one Redis', () => {
  it('are stopped exactly at 60 and at 120 requests a minute, in each window', async () => {
    const [slow, fast] = [await playedInstance(admin), await playedInstance(admin)];
    const [ofSlow, ofFast] = [await onBoth(slow), await onBoth(fast)];
    await setLimits(admin, slow, { requestsPerMinute: 60 });
    await setLimits(admin, fast, { requestsPerMinute: 120 });
    for (let window = 1; window <= 2; window += 1) {
      const began = Date.now();
      const [first, second] = await Promise.all([flood(ofSlow, 200), flood(ofFast, 300)]);
      expect(Date.now() - began).toBeLessThan(50_000);
      expect([passed(first), passed(second)]).toEqual([60, 120]);
      expect([provider.callsOf(slow.apiKey), provider.callsOf(fast.apiKey)]).toEqual([60 * window, 120 * window]);
      const refused = [...first, ...second].filter(({ status }) => status !== 200);
      expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([429]));
      const waits = refused.map(({ headers }) => Number(headers['retry-after']));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
      expect(Math.max(...waits)).toBeLessThanOrEqual(60);
      if (window === 1) await sleep(Math.max(...waits) * 1000);
    }
    // Told once in each window, by whichever server was the first to refuse.
    for (const { instanceId } of [slow, fast]) {
      const events = () => auditTrail(admin, { instanceId, action: 'AI_AGENT_LIMIT_REACHED' });
      await until(async () => (await events()).length === 2);
    }
  }, 150_000);

  it('hold a changed limit from the next call: at once where it was changed, after a tick elsewhere', async () => {
    const on = await playedInstance(admin);
    const [here, there] = await onBoth(on);
    expect([await callStatuses(here, 2), await callStatuses(there, 2)].flat()).toEqual([200, 200, 200, 200]);
    await setLimits(admin, on, { requestsPerMinute: 1 });
    expect(await callStatuses(here, 2)).toEqual([200, 429]);
    const changedAt = Date.now();
    await setLimits(admin, on, { requestsPerMinute: 2 });
    await until(async () => (await callModel(there)).status === 200);
    expect(Date.now() - changedAt).toBeLessThan(2500);
    expect(await callStatuses(there, 1)).toEqual([429]);
  }, 30_000);

  it('count calls at once, tokens and the day together', async () => {
    const on = await playedInstance(admin);
    const [here, there] = await onBoth(on);
    await setLimits(admin, on, { concurrentCalls: 2, dayBudget: { tokens: 100 } });
    const release = provider.hold();
    const held = [spend(here, 10), spend(there, 10)];
    await until(() => provider.callsOf(on.apiKey) === 2);
    expect([(await callModel(here)).status, (await callModel(there)).status]).toEqual([429, 429]);
    release();
    expect((await Promise.all(held)).flat()).toEqual([200, 200]);
    expect([await spend(here, 40), await spend(there, 40), await spend(here, 1), await spend(there, 1)].flat()).toEqual(
      [200, 200, 429, 429],
    );
  }, 30_000);
});

describe('without Redis', () => {
  it('refuses limited calls within a second with 503, and lets nothing through', async () => {
    const on = await playedInstance(admin);
    const [here, there] = await onBoth(on);
    await setLimits(admin, on, { requestsPerMinute: 100 });
    expect(await callStatuses(here, 1)).toEqual([200]);
    await redis.kill();
    try {
      for (const end of [here, there, here]) {
        const began = Date.now();
        const { status, headers, body } = await callModel(end);
        expect(Date.now() - began).toBeLessThan(1000);
        expect([status, headers['retry-after']]).toEqual([503, '2']);
        expect(JSON.parse(body)).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
      }
      expect(provider.callsOf(on.apiKey)).toBe(1);
    } finally {
      await redis.restart();
    }
    await until(async () => (await callModel(here)).status === 200);
  }, 30_000);

  it('refuses limited calls within a second while Redis hangs', async () => {
    const on = await playedInstance(admin);
    const here = await runOn(0, on);
    await setLimits(admin, on, { requestsPerMinute: 100 });
    expect(await callStatuses(here, 1)).toEqual([200]);
    redis.freeze();
    try {
      const began = Date.now();
      expect((await callModel(here)).status).toBe(503);
      expect(Date.now() - began).toBeLessThan(1000);
    } finally {
      redis.thaw();
    }
    expect(provider.callsOf(on.apiKey)).toBe(1);
    await until(async () => (await callModel(here)).status === 200);
  }, 30_000);

  it('forgives no spending of the day when Redis comes back empty', async () => {
    const on = await playedInstance(admin);
    const [here, there] = await onBoth(on);
    await setLimits(admin, on, { dayBudget: { tokens: 100 } });
    expect([await spend(here, 30), await spend(there, 30)].flat()).toEqual([200, 200]);
    // Until the database has what the other server counted.
    await sleep(3000);
    await redis.kill();
    await redis.restart();
    await until(async () => (await spend(here, 1))[0] === 200);
    expect(await spend(here, 38)).toEqual([200]);
    expect(await spend(there, 1)).toEqual([200]);
    expect([await spend(here, 1), await spend(there, 1)].flat()).toEqual([429, 429]);
  }, 30_000);
});

describe('a server that is killed', () => {
  it('frees the slots of its calls within half a minute', async () => {
    const on = await playedInstance(admin);
    const [dying, living] = [await runOn(1, on), await runOn(0, on)];
    await setLimits(admin, on, { concurrentCalls: 2 });
    const release = provider.hold();
    const lost = [callModel(dying), callModel(dying)].map((call) => call.catch(() => undefined));
    await until(() => provider.callsOf(on.apiKey) === 2);
    await rig.servers[1]!.kill();
    const killedAt = Date.now();
    await Promise.all(lost);
    release();
    expect((await callModel(living)).status).toBe(429);
    // Not more often: who is refused without end is not heard for a minute.
    const isFree = async () => (await callModel(living)).status === 200 || sleep(200, false);
    await until(isFree, 40_000);
    expect(Date.now() - killedAt).toBeLessThan(32_000);
  }, 60_000);
});
