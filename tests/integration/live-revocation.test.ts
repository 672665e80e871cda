import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { revokeDuringCall } from '../testkit/revoked-live-call.js';
import { startSpendingProvider } from '../testkit/spending-provider.js';
import type { SpendingProvider } from '../testkit/spending-provider.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';

let provider: SpendingProvider;
let server: TenantsServer;

beforeAll(async () => {
  provider = await startSpendingProvider();
  const environment = { MODEL_UPSTREAM: 'http', ANTHROPIC_UPSTREAM_URL: provider.url, RATE_LIMIT_REQUESTS: '100000' };
  server = await startTenantsServer({ tenants: ['acme'], environment });
}, 120_000);
afterAll(async () => {
  await server?.close();
  await provider?.close();
});

it('a key that is revoked ends the call of runAgent that is under way with it, at once', async () => {
  const admin = server.client('acme', 'ADMIN');
  // Long before the server looks by itself.
  expect(await revokeDuringCall(provider, { asking: admin, revoking: admin })).toBeLessThan(2000);
});
