// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { registerCluster } from '../testkit/clusters.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, followOutput, sha256, startTriage } from '../testkit/triage.js';

const directory = process.env.TRIAGED_INCIDENTS_DIR;
if (!directory) throw new Error('Set TRIAGED_INCIDENTS_DIR to the folder of recorded incidents.');

const incidents = readdirSync(directory, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({ name, folder: path.join(directory, name) }));
if (incidents.length === 0) throw new Error(`There is no incident in ${directory}.`);

/** The alert alone: what the recording adds to it, the cluster tells. */
function incidentJson({ name, folder }: { name: string; folder: string }): string {
  const json = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Record<string, unknown>;
  return JSON.stringify({ id: name, ...json('investigate_request.json'), issue_data: json('issue_data.json') });
}

let data: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let instanceId: string;

beforeAll(async () => {
  data = await createDataFolder();
  server = await startServer({
    dataDir: data.path,
    environment: { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', CLUSTER_NETWORKS: '127.0.0.0/8' },
  });
  instanceId = await createInstance(server.client);
});

afterAll(async () => {
  await server?.stop();
  await data?.remove();
});

describe('the real CLI, in a container, on a recorded incident', () => {
  it.each(incidents)(
    '$name ends SUCCEEDED with a report, after a look at its cluster with kubectl',
    async (incident) => {
      const cluster = await startApiServer({ incidentFolder: incident.folder });
      try {
        const clusterName = incident.name.toLowerCase().replaceAll('_', '-');
        const { id: clusterId } = await registerCluster(server.client, cluster.kubeconfig(), clusterName);
        const asked = cluster.requests.length;
        const json = incidentJson(incident);
        const input = { instanceId, prompt: 'Find the root cause.', incident: json, clusterId };
        const { id } = await startTriage(server.client, input);
        const { bytes } = await followOutput(server.client, id);
        const run = await awaitRun(server.client, id);

        expect(run).toMatchObject({ state: 'SUCCEEDED', exitCode: 0, log: { complete: true, bytes: bytes.length } });
        const { namespace, pod } = cluster.failing;
        const requests = cluster.requests.slice(asked);
        expect(requests).toContainEqual(expect.objectContaining({ verb: 'list', resource: 'pods', namespace }));
        expect(requests.filter(({ write }) => write)).toEqual([]);
        expect(bytes.toString()).toContain(pod);

        const artifact = (name: string) => readFile(path.join(data.path, 'artifacts', id, name));
        expect((await artifact('workspace/incident.json')).toString()).toBe(json);
        expect(sha256(await artifact(`output/${run.log.fileName}`))).toBe(sha256(bytes));
        expect((await artifact('output/report.md')).length).toBeGreaterThan(100);
        expect(JSON.parse((await artifact('output/report.json')).toString())).toMatchObject({ schemaVersion: 1 });
        expect((await artifact('workspace/prompt-sent.md')).toString().match(/<\/incident>/g)).toHaveLength(1);
      } finally {
        await cluster.close();
      }
    },
  );
});
