// needs: redis
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startRedis } from '../testkit/redis.js';
import type { TestRedis } from '../testkit/redis.js';
import { revokeDuringCall } from '../testkit/revoked-live-call.js';
import { startSpendingProvider } from '../testkit/spending-provider.js';
import type { SpendingProvider } from '../testkit/spending-provider.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';

let redis: TestRedis;
let provider: SpendingProvider;
let rig: TenantsServer;

beforeAll(async () => {
  [redis, provider] = await Promise.all([startRedis(), startSpendingProvider()]);
  rig = await startTenantsServer({
    tenants: ['acme'],
    servers: 2,
    environment: {
      ...{ REDIS_URL: redis.url, MODEL_UPSTREAM: 'http', ANTHROPIC_UPSTREAM_URL: provider.url },
      RATE_LIMIT_REQUESTS: '100000',
    },
  });
}, 120_000);
afterAll(async () => {
  await rig?.close();
  await provider?.close();
  await redis?.close();
});

it('a key that is revoked on one server ends the call of runAgent that another one makes with it', async () => {
  const [asking, revoking] = [rig.client('acme', 'ADMIN', 0), rig.client('acme', 'ADMIN', 1)];
  // By its tick: the server looks by itself every 5 s.
  for (let round = 0; round < 3; round += 1) {
    expect(await revokeDuringCall(provider, { asking, revoking })).toBeLessThan(2000);
  }
});
