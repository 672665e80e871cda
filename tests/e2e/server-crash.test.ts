// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildFakeAgentImage, docker, awaitNoContainer, runContainers } from '../testkit/docker.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, followOutput, sha256, startTriage } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = await createDataFolder();
  environment = {
    RUNTIME: 'docker',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    AGENT_IMAGE: await buildFakeAgentImage(),
  };
  server = await startServer({ dataDir: folder.path, environment });
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const restart = async () => {
  server = await startServer({ dataDir: folder.path, environment });
};

describe('a server killed with SIGKILL in the middle of a run', () => {
  it('re-adopts the run at its restart: one container, a complete log, one end', async () => {
    const instanceId = await createInstance(server.client);
    const incident = JSON.stringify({ id: 'crash', fakeAgent: { lines: 15_000, linesPerSecond: 1000 } });
    const { id } = await startTriage(server.client, { instanceId, prompt: 'print', incident });
    const before = await followOutput(server.client, id, { stopAfter: 200_000 });
    const [container] = await runContainers(id);

    for (let crash = 0; crash < 2; crash += 1) {
      await server.kill();
      await sleep(1500);
      await restart();
      await awaitRun(server.client, id, ['RUNNING']);
      await sleep(1000);
      expect(await runContainers(id)).toEqual([container]);
    }

    const after = await followOutput(server.client, id, { fromOffset: before.nextOffset });
    const run = await awaitRun(server.client, id);
    expect(run).toMatchObject({ state: 'SUCCEEDED', exitCode: 0, log: { complete: true } });
    const producer = JSON.parse(
      await readFile(path.join(folder.path, 'artifacts', id, 'output/digest.json'), 'utf8'),
    ) as { bytes: number; sha256: string };
    expect(run.log.bytes).toBe(producer.bytes);
    expect(sha256(Buffer.concat([before.bytes, after.bytes]))).toBe(producer.sha256);
    await awaitNoContainer(id);
  });

  it('records the end of a run that ended while no server was there', async () => {
    const instanceId = await createInstance(server.client);
    const incident = JSON.stringify({ id: 'away', fakeAgent: { lines: 1000, linesPerSecond: 1000, exitCode: 3 } });
    const { id } = await startTriage(server.client, { instanceId, prompt: 'print', incident });
    await awaitRun(server.client, id, ['RUNNING']);
    await server.kill();
    await sleep(4000);
    await restart();
    const run = await awaitRun(server.client, id);
    expect(run).toMatchObject({
      state: 'FAILED',
      exitCode: 3,
      failure: { code: 'AGENT_FAILED' },
      log: { complete: true },
    });
    await awaitNoContainer(id);
  });

  it('marks a run LOST whose container is gone when it comes back', async () => {
    const instanceId = await createInstance(server.client);
    const incident = JSON.stringify({ id: 'lost', fakeAgent: { lines: 60_000, linesPerSecond: 1000 } });
    const { id } = await startTriage(server.client, { instanceId, prompt: 'print', incident });
    await followOutput(server.client, id, { stopAfter: 1000 });
    await server.kill();
    await docker('rm', '-f', '-v', ...(await runContainers(id)));
    await restart();
    const run = await awaitRun(server.client, id);
    expect(run).toMatchObject({ state: 'LOST', log: { complete: false } });
  });

  it('says FAILED with the reason when a container is removed under a living server', async () => {
    const instanceId = await createInstance(server.client);
    const incident = JSON.stringify({ id: 'removed', fakeAgent: { lines: 60_000, linesPerSecond: 1000 } });
    const { id } = await startTriage(server.client, { instanceId, prompt: 'print', incident });
    await followOutput(server.client, id, { stopAfter: 1000 });
    await docker('rm', '-f', '-v', ...(await runContainers(id)));
    const run = await awaitRun(server.client, id);
    expect(run).toMatchObject({ state: 'FAILED', failure: { code: 'CONTAINER_REMOVED' }, log: { complete: false } });
  });
});

describe('a server that is told to end in the middle of a run', () => {
  it('leaves the container running and ends with 0; the next one takes the run up and records its end', async () => {
    const instanceId = await createInstance(server.client);
    const incident = JSON.stringify({ id: 'told', fakeAgent: { lines: 12_000, linesPerSecond: 1000 } });
    const { id } = await startTriage(server.client, { instanceId, prompt: 'print', incident });
    const before = await followOutput(server.client, id, { stopAfter: 100_000 });
    const [container] = await runContainers(id);

    expect(await server.stop()).toBe(0);
    expect(await server.output()).not.toMatch(/left open|not closed|did not close/);
    expect(await runContainers(id)).toEqual([container]);
    await restart();

    const after = await followOutput(server.client, id, { fromOffset: before.nextOffset });
    const run = await awaitRun(server.client, id);
    expect(run).toMatchObject({ state: 'SUCCEEDED', log: { complete: true } });
    const digest = await readFile(path.join(folder.path, 'artifacts', id, 'output/digest.json'), 'utf8');
    const producer = JSON.parse(digest) as { sha256: string };
    expect(sha256(Buffer.concat([before.bytes, after.bytes]))).toBe(producer.sha256);
    await awaitNoContainer(id);
  });
});
