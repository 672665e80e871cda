import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { auditTrail, keyIdOf } from '../testkit/audit.js';
import type { TestClient } from '../testkit/client.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { createInstance } from '../testkit/triage.js';

const LIMITS = `limits { requestsPerMinute tokensPerMinute concurrentCalls
  runBudget { tokens costUsd } dayBudget { tokens costUsd } }`;
const SET = `mutation ($input: SetAiAgentLimitsInput!) { setAiAgentLimits(input: $input) { aiAgent ${LIMITS} } }`;
const READ = `query ($id: ID!) { instance(id: $id) { aiAgents { aiAgent ${LIMITS} } } }`;
const NO_BUDGET = { tokens: null, costUsd: null };
const UNLIMITED = {
  ...{ requestsPerMinute: null, tokensPerMinute: null, concurrentCalls: null },
  ...{ runBudget: NO_BUDGET, dayBudget: NO_BUDGET },
};

let server: TenantsServer;
let admin: TestClient;

beforeAll(async () => {
  server = await startTenantsServer({
    tenants: ['acme', 'globex'],
    environment: { RATE_LIMIT_REQUESTS: '100000' },
  });
  admin = server.client('acme', 'ADMIN');
}, 120_000);
afterAll(() => server?.close());

type Limits = typeof UNLIMITED;
interface SetReply {
  readonly setAiAgentLimits: { readonly limits: Limits };
}

const set = async (instanceId: string, input: Record<string, unknown>, client = admin): Promise<Limits> =>
  (await client.ok<SetReply>(SET, { input: { instanceId, ...input } })).setAiAgentLimits.limits;

async function limitsOf(id: string, aiAgent = 'CLAUDE_CODE'): Promise<Limits | undefined> {
  const { instance } = await admin.ok<{ instance: { aiAgents: { aiAgent: string; limits: Limits }[] } }>(READ, { id });
  return instance.aiAgents.find((each) => each.aiAgent === aiAgent)?.limits;
}

const eventsOf = async (instanceId: string, action: string) =>
  (await auditTrail(admin, { instanceId, action })).map(({ details, aiAgent, runId, keyId }) => ({
    ...{ aiAgent, runId, keyId },
    details: Object.fromEntries(details.map(({ name, value }) => [name, value])),
  }));

describe('setAiAgentLimits', () => {
  it('keeps each limit, shows it, leaves what is left out and lifts what is null', async () => {
    const id = await createInstance(admin);
    expect(await limitsOf(id)).toEqual(UNLIMITED);
    const all = {
      ...{ requestsPerMinute: 60, tokensPerMinute: 1_000_000, concurrentCalls: 4 },
      runBudget: { tokens: 5_000_000_000, costUsd: 2.5 },
      dayBudget: { tokens: 20_000_000, costUsd: 0.000001 },
    };
    expect(await set(id, all)).toEqual(all);
    expect(await limitsOf(id)).toEqual(all);
    expect(await limitsOf(id, 'GOOSE')).toEqual(UNLIMITED);
    expect(await set(id, {})).toEqual(all);
    const changed = { ...all, requestsPerMinute: null, runBudget: NO_BUDGET, dayBudget: { tokens: null, costUsd: 3 } };
    const change = { requestsPerMinute: null, runBudget: null, dayBudget: { tokens: null, costUsd: 3 } };
    expect(await set(id, change)).toEqual(changed);
    expect(await limitsOf(id)).toEqual(changed);
  });

  it.each([
    [{ requestsPerMinute: 0 }, 'input.requestsPerMinute'],
    [{ requestsPerMinute: 1_000_001 }, 'input.requestsPerMinute'],
    [{ tokensPerMinute: -1 }, 'input.tokensPerMinute'],
    [{ concurrentCalls: 1001 }, 'input.concurrentCalls'],
    [{ runBudget: { tokens: 0 } }, 'input.runBudget.tokens'],
    [{ runBudget: { costUsd: 0 } }, 'input.runBudget.costUsd'],
    [{ dayBudget: { tokens: 1e13 } }, 'input.dayBudget.tokens'],
    [{ dayBudget: { costUsd: 1_000_001 } }, 'input.dayBudget.costUsd'],
  ])('refuses %j with a word on what is allowed, and changes nothing', async (input, where) => {
    const id = await createInstance(admin, { start: false });
    const refusal = await admin.refused(SET, { input: { instanceId: id, concurrentCalls: 3, ...input } });
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', status: 400, details: { path: where } });
    expect(refusal.message).toContain('null for no limit');
    expect(await limitsOf(id)).toEqual(UNLIMITED);
  });

  it('takes no budget of cost where nothing has a price', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'prices-'));
    const file = path.join(folder, 'prices.json');
    await writeFile(file, '{}');
    const unpriced = await startTenantsServer({ tenants: ['acme'], environment: { MODEL_PRICES_FILE: file } });
    try {
      const client = unpriced.client('acme', 'ADMIN');
      const instanceId = await createInstance(client, { start: false });
      const refusal = await client.refused(SET, { input: { instanceId, dayBudget: { tokens: 1, costUsd: 1 } } });
      expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'input.dayBudget.costUsd' } });
      expect(refusal.message).toContain('MODEL_PRICES_FILE');
      expect(await set(instanceId, { dayBudget: { tokens: 1 } }, client)).toMatchObject({ dayBudget: { tokens: 1 } });
    } finally {
      await unpriced.close();
      await rm(folder, { recursive: true });
    }
  }, 60_000);

  it('is for administrators, for configured AI agents, and for instances of their own', async () => {
    const id = await createInstance(admin);
    const input = { instanceId: id, requestsPerMinute: 1 };
    expect(await server.client('acme', 'OPERATOR').refused(SET, { input })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await server.client('globex', 'ADMIN').refused(SET, { input })).toMatchObject({ code: 'FORBIDDEN' });
    const unknown = { input: { ...input, instanceId: randomUUID() } };
    expect(await admin.refused(SET, unknown)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await admin.refused(SET, { input: { ...input, instanceId: '1' } })).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { path: 'input.instanceId' },
    });
    const goose = { input: { ...input, aiAgent: 'GOOSE' } };
    expect(await admin.refused(SET, goose)).toMatchObject({ code: 'AI_AGENT_NOT_CONFIGURED', status: 400 });
    expect(await limitsOf(id)).toEqual(UNLIMITED);
  });

  it('is in the audit trail, with what was before, when it changed something', async () => {
    const id = await createInstance(admin);
    await set(id, { requestsPerMinute: 60, runBudget: { costUsd: 2.5 } });
    await set(id, { requestsPerMinute: 60 });
    await set(id, { requestsPerMinute: 120, runBudget: null });
    const whose = { aiAgent: 'CLAUDE_CODE', runId: null, keyId: keyIdOf(admin) };
    expect(await eventsOf(id, 'AI_AGENT_LIMITS_SET')).toEqual([
      {
        ...whose,
        details: {
          requestsPerMinute: '60 (before: unlimited)',
          'runBudget.costUsd': '2.5 USD (before: unlimited)',
        },
      },
      {
        ...whose,
        details: { requestsPerMinute: '120 (before: 60)', 'runBudget.costUsd': 'unlimited (before: 2.5 USD)' },
      },
    ]);
  });
});
