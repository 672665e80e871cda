import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestClient } from '../testkit/client.js';
import { callStatuses } from '../testkit/model-calls.js';
import { playedInstance, playedRun } from '../testkit/played-runs.js';
import { spendingBody, startSpendingProvider } from '../testkit/spending-provider.js';
import type { SpendingProvider } from '../testkit/spending-provider.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { until } from '../testkit/until.js';

const FIGURES = `aiAgent requestCount outputTokens tokenCount`;
const CHANGED = `subscription ($id: ID!) { usageChanged(instanceId: $id) { ${FIGURES} } }`;
const USAGE = `query ($id: ID!, $day: Date!) { usage(instanceId: $id, from: $day, to: $day) { ${FIGURES} } }`;
const AT_ONCE = 4;
const CALLS_EACH = 15;
const TOKENS = 7;

interface UsageView {
  readonly requestCount: number;
  readonly outputTokens: number;
}

let provider: SpendingProvider;
let server: TenantsServer;
let admin: TestClient;

beforeAll(async () => {
  provider = await startSpendingProvider();
  const environment = { MODEL_UPSTREAM: 'http', ANTHROPIC_UPSTREAM_URL: provider.url, RATE_LIMIT_REQUESTS: '100000' };
  server = await startTenantsServer({ tenants: ['acme'], environment });
  admin = server.client('acme', 'ADMIN');
}, 120_000);
afterAll(async () => {
  await server?.close();
  await provider?.close();
});

describe('usageChanged over a socket', () => {
  it('tells at most once a second of a run that never stops asking, and at last what is true', async () => {
    const on = await playedInstance(admin);
    const run = await playedRun(admin, server.servers[0]!.dataDir, { on });
    const events: { readonly afterMs: number; readonly usage: readonly UsageView[] }[] = [];
    const began = performance.now();
    const watcher = server.client('acme', 'VIEWER');
    const subscription = watcher.subscribe<{ usageChanged: UsageView[] }>(CHANGED, { id: on.instanceId });
    const following = (async () => {
      for await (const { usageChanged: usage } of subscription) {
        events.push({ afterMs: performance.now() - began, usage });
      }
    })();
    await until(() => events.length === 1);
    expect(events[0]!.usage).toEqual([]);

    const worker = async () => {
      for (let call = 0; call < CALLS_EACH; call += 1) {
        expect(await callStatuses(run, 1, spendingBody(TOKENS))).toEqual([200]);
        await sleep(250);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const requestCount = AT_ONCE * CALLS_EACH;
    const isTrue = () => events.at(-1)?.usage[0]?.requestCount === requestCount;
    await until(isTrue);
    const [settled, toldMs] = [events.length, events.at(-1)!.afterMs];
    // Longer than until it looks by itself again: nothing has changed since.
    await sleep(6_000);
    await watcher.close();
    await following;

    expect(events).toHaveLength(settled);
    const outputTokens = requestCount * TOKENS;
    const truth = { aiAgent: 'CLAUDE_CODE', requestCount, outputTokens, tokenCount: outputTokens };
    expect(events.at(-1)!.usage).toEqual([truth]);
    const day = new Date().toISOString().slice(0, 10);
    expect(await admin.ok(USAGE, { id: on.instanceId, day })).toEqual({ usage: [truth] });
    // Late on its way it may be, never early: the n-th comes n seconds after the first one at the soonest.
    for (const [index, { afterMs }] of events.entries()) expect(afterMs).toBeGreaterThan(index * 1000 - 50);
    // Calls were counted all the time, so it told nearly as often as it may.
    expect(settled).toBeGreaterThanOrEqual(Math.floor(toldMs / 1000 / 2));
    const counts = events.map(({ usage }) => usage[0]?.requestCount ?? 0);
    expect(counts).toEqual([...new Set(counts)].sort((one, other) => one - other));
  }, 60_000);
});
