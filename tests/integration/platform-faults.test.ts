import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MemoryRateLimiter } from '../../src/adapters/rate-limiter/index.js';
import { tenantQuota } from '../../src/graphql/index.js';
import {
  AGENTS,
  createAgent,
  createTool,
  EXECUTIONS,
  listExecutions,
  runAgent,
  startPlatform,
  TOOLS,
} from '../testkit/platform.js';
import type { PlatformRig } from '../testkit/platform.js';
import { openTcpGate } from '../testkit/tcp-gate.js';
import type { TcpGate } from '../testkit/tcp-gate.js';

describe('while the database is away', () => {
  let rig: PlatformRig;
  let gate: TcpGate;
  beforeAll(async () => {
    rig = await startPlatform({
      databaseUrl: async (text) => {
        const url = new URL(text);
        gate = await openTcpGate(url.hostname, Number(url.port));
        url.hostname = '127.0.0.1';
        url.port = String(gate.port);
        return url.href;
      },
    });
  });
  afterAll(async () => {
    await rig.close();
    await gate.close();
  });

  it('every call is answered with 503 and a structured error, and works again once it is back', async () => {
    const acme = rig.client('acme');
    const tool = await createTool(acme, 'before');
    const agent = await createAgent(acme, 'Agent', [tool.id]);
    gate.shut();
    const calls: [string, Record<string, unknown>][] = [
      [TOOLS.list, {}],
      [TOOLS.get, { id: tool.id }],
      [TOOLS.create, { input: { name: 'during' } }],
      [TOOLS.update, { id: tool.id, input: { name: 'changed' } }],
      [TOOLS.delete, { id: tool.id }],
      [AGENTS.list, {}],
      [AGENTS.create, { input: { name: 'During', role: 'r', toolIds: [tool.id] } }],
      [AGENTS.update, { id: agent.id, input: { toolIds: [] } }],
      [EXECUTIONS.run, { input: { agentId: agent.id, task: 'x', model: 'gpt-4o' } }],
      [EXECUTIONS.list, {}],
    ];
    for (const [operation, variables] of calls) {
      expect(await acme.refused(operation, variables)).toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        status: 503,
        details: { retryAfterSeconds: expect.any(Number) },
      });
    }
    gate.open();
    expect(await acme.ok(TOOLS.get, { id: tool.id })).toEqual({ tool });
    expect(await acme.ok(AGENTS.get, { id: agent.id })).toEqual({ agent });
    expect((await listExecutions(acme)).totalCount).toBe(0);
  });
});

describe('over the quota', () => {
  const limiter = new MemoryRateLimiter();
  let rig: PlatformRig;
  beforeAll(async () => {
    rig = await startPlatform({ rateLimit: tenantQuota(limiter, { limit: 5, windowSeconds: 60 }) });
  });
  afterAll(async () => {
    await rig.close();
    await limiter.close();
  });

  it('running an agent is refused with 429 and when to retry, and not logged', async () => {
    const acme = rig.client('acme');
    const { id } = await createAgent(acme, 'Agent');
    for (let run = 0; run < 4; run += 1) await runAgent(acme, id, 'within the quota');
    const input = { agentId: id, task: 'beyond', model: 'gpt-4o' };
    const reply = await acme.request(EXECUTIONS.run, { input });
    expect(reply.status).toBe(429);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(reply.errors?.[0]?.extensions).toMatchObject({
      error_code: 'RATE_LIMITED',
      details: { limit: 5, remaining: 0, resetAt: expect.stringMatching(/Z$/) },
    });
    const [{ count }]: [{ count: number }] = await rig.owner.query(
      'SELECT count(*)::integer AS count FROM execution_logs',
    );
    expect(count).toBe(4);
  });
});
