// needs: docker, redis
// A server that answers clients and has neither engine nor run folder, and workers that share both: what runs print and leave
// is had from the first one as if it lay there, whatever becomes of the workers meanwhile.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitNoContainer, buildFakeAgentImage } from '../testkit/docker.js';
import type { TestServer } from '../testkit/server.js';
import { SeveralServers } from '../testkit/several-servers.js';
import { awaitRun, createInstance, followOutput, sha256, startTriage, START_TRIAGE } from '../testkit/triage.js';

let servers: SeveralServers;
let api: TestServer;
let instanceId: string;

const startWorker = (name: string) => servers.start(name, { ROLE: 'worker' });

beforeAll(async () => {
  servers = await SeveralServers.create({ AGENT_IMAGE: await buildFakeAgentImage() });
  const elsewhere = { RUN_DIR: servers.dataFolderOf('api'), DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
  api = await servers.start('api', { ROLE: 'api', ...elsewhere });
  instanceId = await createInstance(api.client);
});
afterAll(() => servers?.close());

const inputOf = (seconds: number) => ({
  ...{ instanceId, prompt: 'print' },
  incident: JSON.stringify({ id: 'roles', fakeAgent: { lines: seconds * 1000, linesPerSecond: 1000 } }),
});
const startRun = async (seconds: number): Promise<string> => (await startTriage(api.client, inputOf(seconds))).id;

const download = (id: string, name: string, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/runs/${id}/artifacts/${name}`, { headers: { 'x-api-key': api.client.apiKey!, ...headers } });

/** The run has ended and nothing of its output is missing, neither in what was followed nor in what is downloaded. */
async function expectWhole(id: string, followed: Buffer): Promise<void> {
  const run = await awaitRun(api.client, id);
  expect(run).toMatchObject({ state: 'SUCCEEDED', log: { complete: true, bytes: followed.length } });
  const producer = (await (await download(id, 'output/digest.json')).json()) as { bytes: number; sha256: string };
  expect([followed.length, sha256(followed)]).toEqual([producer.bytes, producer.sha256]);
  const log = Buffer.from(await (await download(id, `output/${run.log.fileName}`)).arrayBuffer());
  expect(sha256(log)).toBe(producer.sha256);
  const lying = path.join(servers.runFolder, 'artifacts', id, 'output/digest.json');
  expect(JSON.parse(await readFile(lying, 'utf8'))).toEqual(producer);
  await awaitNoContainer(id);
}

describe('a server that only answers clients', () => {
  it('takes no run while no other carries them out, and says so', async () => {
    const refused = await api.client.refused(START_TRIAGE, { input: inputOf(1) });
    expect(refused).toMatchObject({ code: 'RUNTIME_UNAVAILABLE', message: expect.stringContaining('ROLE=worker') });
  });

  it('shows a run to its end without a gap while its only worker is killed and comes back', async () => {
    const worker = await startWorker('w1');
    await sleep(500);
    const id = await startRun(25);
    const followed = followOutput(api.client, id);
    followed.catch(() => undefined);
    await followOutput(api.client, id, { stopAfter: 200_000 });
    await worker.kill();
    await sleep(3000);
    await startWorker('w1');
    const { bytes } = await followed;
    await expectWhole(id, bytes);
    const late = await followOutput(api.client, id, { fromOffset: 1_000_000 });
    expect(late.bytes.equals(bytes.subarray(1_000_000))).toBe(true);
  });

  it('shows it also when another worker takes it up', async () => {
    await startWorker('w2');
    const id = await startRun(30);
    const followed = followOutput(api.client, id);
    followed.catch(() => undefined);
    await followOutput(api.client, id, { stopAfter: 200_000 });
    await (await servers.ownerOf(id)).kill();
    await expectWhole(id, (await followed).bytes);
  });

  it('hands out what a run left, also in part, with report and prompt', async () => {
    const id = await startRun(1);
    const run = await awaitRun(api.client, id);
    expect(run.artifacts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['output/report.json', 'output/digest.json', 'workspace/prompt-sent.md']),
    );
    const part = await download(id, 'output/report.json', { range: 'bytes=0-0' });
    expect([part.status, await part.text(), part.headers.get('content-disposition')]).toEqual([
      206,
      '{',
      'attachment; filename=report.json',
    ]);
    expect((await download(id, 'output/report.json', { range: 'bytes=9999999-' })).status).toBe(416);
    expect((await download(id, 'output/none.json')).status).toBe(404);
    const { triageRun } = await api.client.ok<{ triageRun: { promptSent: string; report: { outcome: string } } }>(
      'query ($id: ID!) { triageRun(id: $id) { promptSent report { outcome } } }',
      { id },
    );
    expect(triageRun).toMatchObject({
      promptSent: expect.stringContaining('print'),
      report: { outcome: 'UNDETERMINED' },
    });
  });

  it('stops a run that another server has', async () => {
    const id = await startRun(60);
    await followOutput(api.client, id, { stopAfter: 1000 });
    await api.client.ok('mutation ($id: ID!) { cancelTriage(id: $id) { state } }', { id });
    expect((await awaitRun(api.client, id)).state).toBe('CANCELLED');
  });
});
