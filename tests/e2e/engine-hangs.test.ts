// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildFakeAgentImage, docker, awaitNoContainer, runContainers } from '../testkit/docker.js';
import { startEngineProxy, type EngineProxy } from '../testkit/engine-proxy.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, followOutput, START_TRIAGE, startTriage } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let proxy: EngineProxy;
let server: TestServer;

beforeAll(async () => {
  folder = await createDataFolder();
  proxy = await startEngineProxy((process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', ''));
  const environment = { RUNTIME: 'docker', DOCKER_HOST: proxy.dockerHost, AGENT_IMAGE: await buildFakeAgentImage() };
  server = await startServer({ dataDir: folder.path, environment });
});

afterAll(async () => {
  await server?.stop();
  await proxy?.close();
  await folder?.remove();
});

const inputOf = (instanceId: string, fakeAgent: object) => ({
  ...{ instanceId, prompt: 'print' },
  incident: JSON.stringify({ id: 'hang', fakeAgent }),
});

describe('an engine that hangs', () => {
  it('leaves the API alive, refuses new runs in bounded time, and costs those under way nothing', async () => {
    const { client } = server;
    const instanceId = await createInstance(client);
    const { id } = await startTriage(client, inputOf(instanceId, { lines: 25_000, linesPerSecond: 1000 }));
    const { nextOffset } = await followOutput(client, id, { stopAfter: 1000 });
    proxy.hang();
    // What the engine said of its image holds for two seconds.
    await sleep(2_500);

    const [begun, refusing] = [Date.now(), client.refused(START_TRIAGE, { input: inputOf(instanceId, {}) })];
    for (let look = 0; look < 8; look += 1) {
      const asked = performance.now();
      await client.ok(`{ triageRuns { items { id state log { bytes } } } }`);
      expect(performance.now() - asked).toBeLessThan(1_000);
      await sleep(1_000);
    }
    // Output comes over the run channel, so it goes on.
    const later = await followOutput(client, id, { fromOffset: nextOffset, stopAfter: 100_000 });
    expect(later.bytes.length).toBeGreaterThanOrEqual(100_000);
    expect(await refusing).toMatchObject({ code: 'RUNTIME_UNAVAILABLE', status: 503 });
    expect(Date.now() - begun).toBeLessThan(15_000);

    proxy.recover();
    expect(await awaitRun(client, id)).toMatchObject({ state: 'SUCCEEDED', log: { complete: true } });
    await awaitNoContainer(id);
  });

  it('is heard again once it answers: a container that is removed by hand ends its run within two seconds', async () => {
    const { client } = server;
    const instanceId = await createInstance(client);
    const { id } = await startTriage(client, inputOf(instanceId, { lines: 60_000, linesPerSecond: 1000 }));
    await followOutput(client, id, { stopAfter: 1000 });
    proxy.hang();
    await sleep(2_000);
    proxy.recover();
    await sleep(3_000);
    await docker('rm', '-f', '-v', ...(await runContainers(id)));
    const removed = Date.now();
    const ends = client.subscribe<{ triageRunChanged: { state: string; endedAt: string | null } }>(
      `subscription ($id: ID!) { triageRunChanged(runId: $id) { state endedAt } }`,
      { id },
    );
    let last: { state: string; endedAt: string | null } | undefined;
    for await (const { triageRunChanged } of ends) last = triageRunChanged;
    expect(last?.state).toBe('FAILED');
    expect(Date.parse(last!.endedAt!) - removed).toBeLessThan(2_000);
    const failure = await awaitRun(client, id);
    expect(failure).toMatchObject({ failure: { code: 'CONTAINER_REMOVED' }, log: { complete: false } });
  });
});
