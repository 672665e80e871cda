// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditTrail } from '../testkit/audit.js';
import { setLimits } from '../testkit/played-runs.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer } from '../testkit/server.js';
import type { TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await createDataFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', RATE_LIMIT_REQUESTS: '1000' },
  });
}, 120_000);
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const triage = async (instanceId: string, more: object = {}) => {
  const { id } = await startTriage(server.client, { instanceId, prompt: 'Why?', incident: SAMPLE_INCIDENT, ...more });
  return awaitRun(server.client, id);
};

const reached = (instanceId: string) => auditTrail(server.client, { instanceId, action: 'AI_AGENT_LIMIT_REACHED' });

describe('the real Claude Code in a container', () => {
  it('is stopped by the limit of its own instance, while that of another one works on', async () => {
    const [slow, fast] = [await createInstance(server.client), await createInstance(server.client)];
    await setLimits(server.client, { instanceId: slow }, { requestsPerMinute: 1 });
    await setLimits(server.client, { instanceId: fast }, { requestsPerMinute: 120 });
    const [stopped, other] = await Promise.all([triage(slow, { timeoutSeconds: 30 }), triage(fast)]);
    expect(other).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect(other.usage.requestCount).toBeGreaterThan(1);
    expect(await reached(fast)).toEqual([]);
    expect(stopped.state).not.toBe('SUCCEEDED');
    expect(stopped.usage.requestCount).toBe(1);
    expect(stopped.failure?.message).toContain('requestsPerMinute of CLAUDE_CODE on its instance is 1');
    expect((await reached(slow)).map(({ runId }) => runId)).toEqual([stopped.id]);
  }, 150_000);

  it("ends when its run's budget is spent, and the run says so", async () => {
    const instanceId = await createInstance(server.client);
    await setLimits(server.client, { instanceId }, { runBudget: { tokens: 1 } });
    const began = Date.now();
    const run = await triage(instanceId, { timeoutSeconds: 120 });
    expect(run).toMatchObject({ state: 'FAILED', failure: { code: 'BUDGET_EXCEEDED' } });
    expect(Date.now() - began).toBeLessThan(100_000);
    expect((await reached(instanceId)).map(({ runId }) => runId)).toEqual([run.id]);
  }, 150_000);
});
