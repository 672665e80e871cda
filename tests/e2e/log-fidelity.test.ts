// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildFakeAgentImage } from '../testkit/docker.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, followOutput, sha256, startTriage } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await createDataFolder();
  const environment = {
    RUNTIME: 'docker',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    AGENT_IMAGE: await buildFakeAgentImage(),
    RATE_LIMIT_REQUESTS: '10000',
  };
  server = await startServer({ dataDir: folder.path, environment });
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** Reads the whole log, dropping the subscription and coming back at its offset at random places. */
async function followWithReconnects(
  runId: string,
  reconnects: number,
): Promise<{ bytes: Buffer; connections: number }> {
  const pieces: Buffer[] = [];
  let offset = 0;
  let connections = 0;
  for (;;) {
    const last = connections >= reconnects;
    const stopAfter = 1 + Math.floor(Math.random() * 2_500_000);
    const { bytes, nextOffset } = await followOutput(
      server.client,
      runId,
      last ? { fromOffset: offset } : { fromOffset: offset, stopAfter },
    );
    pieces.push(bytes);
    offset = nextOffset;
    connections += 1;
    if (last) return { bytes: Buffer.concat(pieces), connections };
  }
}

describe('the log of 50 MB of long lines, split UTF-8, NUL bytes and no last newline', () => {
  it('has one digest at the producer, in the file, at a live, a late and a reconnecting subscriber', async () => {
    const instanceId = await createInstance(server.client);
    const incident = JSON.stringify({ id: 'fidelity', fakeAgent: { bytes: 50_000_000 } });
    const { id } = await startTriage(server.client, { instanceId, prompt: 'print', incident });

    const [live, reconnecting] = await Promise.all([followOutput(server.client, id), followWithReconnects(id, 12)]);
    const run = await awaitRun(server.client, id);
    expect(run).toMatchObject({ state: 'SUCCEEDED', log: { complete: true, truncated: false } });

    const artifacts = path.join(folder.path, 'artifacts', id);
    const producer = JSON.parse(await readFile(path.join(artifacts, 'output/digest.json'), 'utf8')) as {
      bytes: number;
      sha256: string;
    };
    const late = await followOutput(server.client, id);

    expect(producer.bytes).toBeGreaterThan(50_000_000);
    expect(run.log.bytes).toBe(producer.bytes);
    expect(sha256(await readFile(path.join(artifacts, 'output', run.log.fileName)))).toBe(producer.sha256);
    expect(sha256(live.bytes)).toBe(producer.sha256);
    expect(sha256(late.bytes)).toBe(producer.sha256);
    expect(sha256(reconnecting.bytes)).toBe(producer.sha256);
    expect(reconnecting.connections).toBe(13);
    expect(live.bytes.at(-1)).not.toBe(0x0a);
  });
});
