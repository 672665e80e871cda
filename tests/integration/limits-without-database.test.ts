import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
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
import { until } from '../testkit/until.js';

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
afterEach(() => gate.open());
afterAll(async () => {
  await server?.close();
  await provider?.close();
  await gate?.close();
  await database?.close();
});

const TRY_AGAIN = {
  type: 'overloaded_error',
  message: 'Model calls cannot be limited or counted at the moment. Try again shortly.',
};

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
    const { status, headers, body } = await callModel(unknown);
    expect([status, headers['retry-after'], headers['x-should-retry']]).toEqual([503, '2', undefined]);
    expect(JSON.parse(body)).toEqual({ type: 'error', error: TRY_AGAIN });
    expect(provider.callsOf(unknown.apiKey)).toBe(0);
  }, 40_000);

  it("a run's first call is told to come again, in the form of the provider that it asks, and passes when the database is back", async () => {
    const on = await run();
    gate.shut();
    const [anthropic, openai, google] = await Promise.all(
      ['/anthropic/v1/messages', '/openai/v1/responses', '/google/v1beta/models/gemini-3-pro:generateContent'].map(
        (url) => callModel(on, { url }),
      ),
    );
    for (const answer of [anthropic, openai, google]) {
      expect([answer?.status, answer?.headers['retry-after']]).toEqual([503, '2']);
    }
    const errorOf = (answer: typeof anthropic) => (JSON.parse(answer!.body) as { error: object }).error;
    expect(errorOf(anthropic)).toEqual(TRY_AGAIN);
    expect(errorOf(openai)).toMatchObject({ message: TRY_AGAIN.message, type: expect.any(String) });
    expect(errorOf(google)).toMatchObject({ message: TRY_AGAIN.message, code: 503 });
    expect(provider.callsOf(on.apiKey)).toBe(0);
    gate.open();
    await until(async () => (await callModel(on)).status === 200);
    expect(provider.callsOf(on.apiKey)).toBe(1);
  }, 40_000);
});
