// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AI_AGENT_NAMES } from '../../src/kernel/ai-agents.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await createDataFolder();
  const environment = { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', RATE_LIMIT_REQUESTS: '1000' };
  server = await startServer({ dataDir: folder.path, environment });
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

describe('a real CLI that is told of a proxy, because its instance has an egress list', () => {
  it.each(AI_AGENT_NAMES)('%s goes on making its model calls at the gateway', async (aiAgent) => {
    const instanceId = await createInstance(server.client, { aiAgent });
    await server.client.ok(`mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { egress } }`, {
      input: { instanceId, egress: ['listed.example'] },
    });
    const input = { instanceId, aiAgent, prompt: 'What is wrong?', incident: SAMPLE_INCIDENT };
    const { id } = await startTriage(server.client, input);
    const run = await awaitRun(server.client, id);
    const { triageRun } = await server.client.ok<{ triageRun: { refusedConnections: { host: string }[] } }>(
      `query ($id: ID!) { triageRun(id: $id) { refusedConnections { host } } }`,
      { id },
    );
    expect(run).toMatchObject({ state: 'SUCCEEDED', failure: null, usage: { errorCount: 0 } });
    expect(triageRun.refusedConnections.filter(({ host }) => /^(127\.|localhost)/.test(host))).toEqual([]);
  });
});
