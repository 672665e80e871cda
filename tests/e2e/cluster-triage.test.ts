// needs: docker, kubectl
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { registerCluster, type ClusterView } from '../testkit/clusters.js';
import { buildFakeAgentImage, docker, runContainers } from '../testkit/docker.js';
import { filesHolding } from '../testkit/files-holding.js';
import { startApiServer, type ApiServer } from '../testkit/kubernetes/api-server.js';
import { SAMPLE_FOLDER } from '../testkit/kubernetes/cluster.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { until } from '../testkit/until.js';
import { awaitRun, createInstance, followOutput, startTriage } from '../testkit/triage.js';

const POD = 'checkout-7d4b9c6f5-x2x9k';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let api: ApiServer;
let server: TestServer;
let cluster: ClusterView;
let instanceId: string;

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  await server?.stop();
  server = await startServer({
    dataDir: folder.path,
    environment: {
      RUNTIME: 'docker',
      DOCKER_HOST: process.env.DOCKER_HOST ?? '',
      CLUSTER_NETWORKS: '127.0.0.0/8',
      LOG_LEVEL: 'trace',
      ...environment,
    },
  });
}

beforeAll(async () => {
  folder = await createDataFolder();
  api = await startApiServer({ incidentFolder: SAMPLE_FOLDER });
  await start();
  cluster = await registerCluster(server.client, api.kubeconfig({ namespace: 'shop' }));
  instanceId = await createInstance(server.client);
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await api?.close();
  await folder?.remove();
});

const askedFor = (): string[] =>
  api.requests.map(({ verb, resource, namespace }) => `${verb} ${resource} ${namespace}`);

describe('a triage of a registered cluster', () => {
  it('runs kubectl against it through the run channel, and only reads', async () => {
    const before = api.requests.length;
    const { id } = await startTriage(server.client, {
      instanceId,
      clusterId: cluster.id,
      prompt: 'What is wrong with checkout?',
      incident: SAMPLE_INCIDENT,
      debug: true,
    });
    const log = (await followOutput(server.client, id)).bytes.toString();
    const run = await awaitRun(server.client, id);
    expect(run).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect(askedFor().slice(before)).toEqual(expect.arrayContaining(['list pods shop', 'get pods shop']));
    expect(api.requests.filter(({ write }) => write)).toEqual([]);
    expect(log).toContain(POD);
    expect(log).toContain('CrashLoopBackOff');

    const permissions: unknown = JSON.parse(
      await readFile(path.join(folder.path, 'artifacts', id, 'workspace/incident_cluster_permissions.json'), 'utf8'),
    );
    expect(permissions).toMatchObject({ cluster: 'production', defaultNamespace: 'shop', mayRead: cluster.access });
    expect(run.artifacts.map(({ name }) => name).filter((name) => /kube\/|kubeconfig/.test(name))).toEqual([]);
    expect(await filesHolding(api.token, folder.path)).toEqual([]);
  });

  it('keeps its kubeconfig in memory alone, where nothing but the agent reads it', async () => {
    await start({ AGENT_IMAGE: await buildFakeAgentImage() });
    const incident = JSON.stringify({ id: 'hold', fakeAgent: { lines: 10, hangSeconds: 60 } });
    const { id } = await startTriage(server.client, { instanceId, clusterId: cluster.id, prompt: 'Hold.', incident });
    await followOutput(server.client, id, { stopAfter: 500 });
    const [container] = await runContainers(id);
    const inside = (...command: string[]) =>
      docker('exec', '-u', '10001', '-e', 'KUBECONFIG=/root/.kube/config', container!, ...command);

    expect(await inside('kubectl', 'get', 'pods', '--no-headers')).toContain(POD);
    expect(await inside('kubectl', 'auth', 'can-i', 'list', 'pods')).toBe('yes');
    const kubeconfig = await inside('cat', '/root/.kube/config');
    expect(kubeconfig).toMatch(/proxy-url: "http:\/\/127\.0\.0\.1:\d+"/);
    expect(kubeconfig).toContain(api.token);
    expect(await inside('stat', '-c', '%a %u', '/root/.kube/config')).toBe('600 10001');
    expect(await inside('stat', '-f', '-c', '%T', '/root/.kube')).toBe('tmpfs');

    const engine = await docker('info', '--format', '{{.DockerRootDir}}');
    expect(await docker('inspect', container!)).not.toContain(api.token);
    expect(await docker('logs', container!)).not.toContain(api.token);
    for (const place of [`${engine}/containers`, `${engine}/volumes`, folder.path]) {
      expect(await filesHolding(api.token, place)).toEqual([]);
    }
    expect(await server.output()).not.toContain(api.token);
    await server.client.ok('mutation ($id: ID!) { cancelTriage(id: $id) { state } }', { id });
    await awaitRun(server.client, id);
  });

  it('names no cluster to a run that did not ask for one', async () => {
    const incident = JSON.stringify({ id: 'none', fakeAgent: { lines: 10, hangSeconds: 60 } });
    const { id } = await startTriage(server.client, { instanceId, prompt: 'Hold.', incident });
    await followOutput(server.client, id, { stopAfter: 500 });
    const [container] = await runContainers(id);
    const look = docker('exec', '-u', '10001', container!, 'sh', '-c', 'ls -A /root/.kube; ls /workspace');
    expect((await look).split('\n').sort()).toEqual(expect.not.arrayContaining(['config']));
    expect(await look).not.toContain('incident_cluster_permissions.json');
    await server.client.ok('mutation ($id: ID!) { cancelTriage(id: $id) { state } }', { id });
    await awaitRun(server.client, id);
  });
});

/** An agent that asks the cluster once, then says that it is done. */
const ASKING_AGENT = `#!/bin/sh
kubectl get pods --no-headers
ls "$KUBECONFIG"
echo '{"type":"result","subtype":"success","is_error":false,"result":"done","usage":{"input_tokens":1,"output_tokens":1}}'
`;

describe('a local triage of a registered cluster', () => {
  it('reaches it over the run channel too, with a kubeconfig of its own', async () => {
    const bin = path.join(folder.path, 'bin');
    await mkdir(bin);
    await writeFile(path.join(bin, 'claude'), ASKING_AGENT, { mode: 0o755 });
    await start({ RUNTIME: 'local', PATH: `${bin}:${process.env.PATH}` });
    const { id } = await startTriage(server.client, {
      instanceId,
      clusterId: cluster.id,
      prompt: 'Ask.',
      incident: '{}',
    });
    const log = (await followOutput(server.client, id)).bytes.toString();
    expect(await awaitRun(server.client, id)).toMatchObject({ runtime: 'LOCAL', exitCode: 0 });
    expect(log).toContain(POD);
    const [kubeconfig] = /^\/.*config$/m.exec(log) ?? [];
    expect(path.basename(path.dirname(path.dirname(kubeconfig!)))).toBe(id);
    // Removed just after the run's end was recorded.
    await until(() => !existsSync(kubeconfig!));
    expect(await filesHolding(api.token, folder.path)).toEqual([]);
  });
});
