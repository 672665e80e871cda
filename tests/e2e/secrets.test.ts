// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { buildFakeAgentImage, docker, runContainers } from '../testkit/docker.js';
import { filesHolding } from '../testkit/files-holding.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, followOutput, randomKey, startTriage } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let engineFolder: string;
let server: TestServer | undefined;

beforeAll(async () => {
  folder = await createDataFolder();
  engineFolder = await docker('info', '--format', '{{.DockerRootDir}}');
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const start = async (image: Record<string, string> = {}) => {
  const environment = {
    RUNTIME: 'docker',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    LOG_LEVEL: 'trace',
    ...image,
  };
  server = await startServer({ dataDir: folder.path, environment });
  return server;
};

describe("a provider's key", () => {
  it('is searched for in a way that finds it', async () => {
    const key = randomKey();
    for (const form of [key, Buffer.from(`x${key}`).toString('base64'), Buffer.from(key).toString('hex')]) {
      await writeFile(`${folder.path}/planted`, form);
      expect(await filesHolding(key, folder.path)).toHaveLength(1);
    }
    await writeFile(`${folder.path}/planted`, '');
    await expect(filesHolding(key, `${folder.path}/nowhere`)).rejects.toThrow('ENOENT');
    // What cannot be read is no empty answer.
    await symlink(`${folder.path}/loop`, `${folder.path}/loop`);
    await expect(filesHolding(key, `${folder.path}/loop`)).rejects.toThrow('ELOOP');
    await rm(`${folder.path}/loop`);
  });

  it('is nowhere in the engine, its files and logs, or the data folder while a run holds it', async () => {
    const running = await start({ AGENT_IMAGE: await buildFakeAgentImage() });
    const { client } = running;
    const apiKey = randomKey();
    const instanceId = await createInstance(client, { apiKey });
    const incident = JSON.stringify({ id: 'secrets', fakeAgent: { lines: 10, hangSeconds: 20 } });
    const { id } = await startTriage(client, { instanceId, prompt: 'hold', incident });
    await followOutput(client, id, { stopAfter: 500 });
    const [container] = await runContainers(id);
    // The engine keeps what it knows of the run where it is searched.
    expect(await filesHolding(id, `${engineFolder}/containers`)).not.toEqual([]);

    // The agent does hold it: so the search looks at the right moment.
    const environments = await docker(
      'exec',
      '-u',
      '10001',
      container!,
      'sh',
      '-c',
      'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"',
    );
    expect(environments).toContain(`ANTHROPIC_API_KEY=${apiKey}`);

    expect(await docker('inspect', container!)).not.toContain(apiKey);
    expect(await docker('logs', container!)).not.toContain(apiKey);
    expect(await docker('top', container!, 'axo', 'pid,args')).not.toContain(apiKey);
    expect(await filesHolding(apiKey, `${engineFolder}/containers`)).toEqual([]);
    expect(await filesHolding(apiKey, `${engineFolder}/volumes`)).toEqual([]);
    expect(await filesHolding(apiKey, folder.path)).toEqual([]);
    await client.ok('mutation ($id: ID!) { cancelTriage(id: $id) { state } }', { id });
    await awaitRun(client, id);
    await running.stop();
  });

  it('is nowhere after a run of the real CLI: not in log, artifacts, database, engine or server output', async () => {
    const running = await start();
    const { client } = running;
    const apiKey = randomKey();
    const instanceId = await createInstance(client, { apiKey });
    const { id } = await startTriage(client, {
      instanceId,
      prompt: 'Find the cause.',
      incident: SAMPLE_INCIDENT,
      debug: true,
    });
    const run = await awaitRun(client, id);
    expect(run.state).toBe('SUCCEEDED');
    await running.stop();
    expect(await filesHolding(apiKey, folder.path)).toEqual([]);
    expect(await filesHolding(apiKey, `${engineFolder}/containers`)).toEqual([]);
    expect(await filesHolding(apiKey, `${engineFolder}/volumes`)).toEqual([]);
    expect(await running.output()).not.toContain(apiKey);
  });
});
