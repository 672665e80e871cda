import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestClient } from '../testkit/client.js';
import { callModel, callStatuses } from '../testkit/model-calls.js';
import { playedRun, setLimits } from '../testkit/played-runs.js';
import type { PlayedRun } from '../testkit/played-runs.js';
import { createTestDatabase } from '../testkit/postgres.js';
import type { TestDatabase } from '../testkit/postgres.js';
import { spendingBody, startSpendingProvider } from '../testkit/spending-provider.js';
import type { SpendingProvider } from '../testkit/spending-provider.js';
import { openTcpGate } from '../testkit/tcp-gate.js';
import type { TcpGate } from '../testkit/tcp-gate.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';

let database: TestDatabase;
let gate: TcpGate;
let provider: SpendingProvider;
let server: TenantsServer;
let admin: TestClient;

beforeAll(async () => {
  database = await createTestDatabase();
  const url = new URL(database.url);
  gate = await openTcpGate(url.hostname, Number(url.port));
  url.hostname = '127.0.0.1';
  url.port = String(gate.port);
  provider = await startSpendingProvider();
  server = await startTenantsServer({
    tenants: ['acme'],
    environment: {
      ...{ DATABASE_URL: url.href, RATE_LIMIT_REQUESTS: '100000', MAX_CONCURRENT_RUNS: '8' },
      ...{ MODEL_UPSTREAM: 'http', ANTHROPIC_UPSTREAM_URL: provider.url },
    },
  });
  admin = server.client('acme', 'ADMIN');
}, 120_000);
afterAll(async () => {
  await server?.close();
  await provider?.close();
  await gate?.close();
  await database?.close();
});

const run = (): Promise<PlayedRun> => playedRun(admin, server.servers[0]!.dataDir);

describe('while the database is away', () => {
  it('the limits that were known last go on, and nothing passes of whose limits nothing is known', async () => {
    const [known, budgeted, unknown] = [await run(), await run(), await run()];
    await setLimits(admin, known, { requestsPerMinute: 3 });
    await setLimits(admin, budgeted, { runBudget: { tokens: 20 }, dayBudget: { tokens: 30 } });
    expect(await callStatuses(known, 1)).toEqual([200]);
    expect(await callStatuses(budgeted, 1, spendingBody(10))).toEqual([200]);
    gate.shut();
    // Longer than limits and key are believed without being read again.
    await sleep(2500);
    const began = Date.now();
    expect(await callStatuses(known, 3)).toEqual([200, 200, 429]);
    expect(await callStatuses(budgeted, 2, spendingBody(10))).toEqual([200, 429]);
    expect(Date.now() - began).toBeLessThan(4000);
    const { status, headers } = await callModel(unknown);
    expect([Math.trunc(status / 100), headers['x-should-retry']]).toEqual([5, undefined]);
    expect(provider.callsOf(unknown.apiKey)).toBe(0);
    gate.open();
  }, 40_000);
});
