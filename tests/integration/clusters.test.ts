import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ClusterRegistration } from '../testkit/cluster-registration.js';
import { CLUSTERS } from '../testkit/clusters.js';
import type { ClusterView } from '../testkit/clusters.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

let rig: ClusterRegistration;
beforeAll(async () => {
  rig = await ClusterRegistration.start();
}, 120_000);
afterEach(() => rig.reset());
afterAll(() => rig?.close());

async function listNames(): Promise<string[]> {
  const { clusters } = await rig.admin.ok<{ clusters: { items: ClusterView[] } }>(CLUSTERS.list);
  return clusters.items.map(({ name }) => name);
}

/** Every row of clusters and runs, bytes in hex. */
async function databaseText(): Promise<string> {
  const client = new pg.Client({ connectionString: rig.server.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ row: string }>(
      'SELECT c::text AS row FROM clusters AS c UNION ALL SELECT r::text FROM triage_runs AS r',
    );
    expect(rows.length).toBeGreaterThan(0);
    return rows.map(({ row }) => row).join('\n');
  } finally {
    await client.end();
  }
}

describe('registerCluster', () => {
  it('tells what the credential may read, and shows no secret', async () => {
    const name = rig.newName();
    const cluster = await rig.register(rig.real.kubeconfig({ namespace: 'default' }), name);
    expect(cluster).toMatchObject({
      name,
      serverUrl: rig.real.url,
      namespace: 'default',
      credentialKind: 'TOKEN',
      credentialVersion: 1,
      credentialExpiresAt: null,
      kubernetesVersion: expect.stringMatching(/^v1\./),
      canReadSecrets: false,
      warnings: [],
    });
    expect(cluster.caFingerprints).toEqual([expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)]);
    const [{ namespaces, rules } = { namespaces: [], rules: [] }] = cluster.access;
    expect(namespaces).toEqual(expect.arrayContaining(['default', 'kube-system']));
    expect(rules.flatMap(({ resources }) => resources)).toEqual(expect.arrayContaining(['pods', 'pods/log']));
    expect(
      JSON.stringify(await rig.server.client('acme', 'VIEWER').ok(CLUSTERS.get, { id: cluster.id })),
    ).not.toContain(rig.real.token);
  });

  it('takes a client certificate, and says when it ends', async () => {
    const cluster = await rig.register(rig.real.kubeconfig({ authentication: 'certificate' }));
    expect(cluster.credentialKind).toBe('CLIENT_CERTIFICATE');
    expect(Date.parse(cluster.credentialExpiresAt!)).toBeGreaterThan(Date.now());
  });

  it('takes a credential that is confined to one namespace, and a file of many lines', async () => {
    const confined = await startApiServer({ namespaces: ['shop'] });
    const kubeconfig = confined.kubeconfig({ namespace: 'shop' });
    const cluster = await rig.register(`${kubeconfig}${'# nothing but a comment\n'.repeat(9_000)}`);
    const rulesOf = (namespace: string) =>
      cluster.access.find(({ namespaces }) => namespaces.includes(namespace))!.rules;
    expect(rulesOf('shop').flatMap(({ resources }) => resources)).toContain('pods');
    expect(rulesOf('kube-system').flatMap(({ resources }) => resources)).toEqual([]);
    await confined.close();
  });

  it('keeps nothing of a refused cluster, and no name twice', async () => {
    const name = rig.newName();
    await rig.register(rig.scripted.kubeconfig(), name);
    const again = { name: ` ${name} `, kubeconfig: rig.scripted.kubeconfig() };
    const { errors } = await rig.admin.request(CLUSTERS.register, { input: again });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'DUPLICATE_NAME', details: { path: 'input.name', name } });
    const before = await listNames();
    await rig.refusalOf(rig.scripted.kubeconfig('https://127.0.0.1:1'));
    await rig.refusalOf('kind: Secret');
    expect(await listNames()).toEqual(before);
  });
});

describe('a registered cluster', () => {
  it('gets a new version of its credential with a new kubeconfig, and only then', async () => {
    const { id } = await rig.register(rig.scripted.kubeconfig());
    const update = async (input: object) =>
      (await rig.admin.ok<{ updateCluster: ClusterView }>(CLUSTERS.update, { id, input })).updateCluster;
    const name = rig.newName();
    expect(await update({ name })).toMatchObject({ name, credentialVersion: 1, serverUrl: expect.any(String) });
    expect(await update({ kubeconfig: rig.real.kubeconfig() })).toMatchObject({
      name,
      credentialVersion: 2,
      serverUrl: rig.real.url,
    });
    // The new version opens.
    expect(await rig.admin.ok(CLUSTERS.check, { id })).toMatchObject({ checkCluster: { credentialVersion: 2 } });

    const taken = await rig.register(rig.scripted.kubeconfig());
    const refused = async (input: object) =>
      (await rig.admin.request(CLUSTERS.update, { id, input })).errors?.[0]?.extensions;
    expect(await refused({ name: taken.name })).toMatchObject({ code: 'DUPLICATE_NAME' });
    expect(await refused({ context: 'test-kit' })).toMatchObject({ details: { path: 'input.context' } });
    expect(await refused({ kubeconfig: rig.scripted.kubeconfig('https://127.0.0.1:1') })).toMatchObject({
      code: 'CLUSTER_UNUSABLE',
    });
    expect(await rig.admin.ok(CLUSTERS.get, { id })).toMatchObject({ cluster: { name, credentialVersion: 2 } });
  });

  it('is checked again: what it says now stands, and rights that have grown make it unusable', async () => {
    const { id } = await rig.register(rig.scripted.kubeconfig());
    rig.scripted.script.version = { gitVersion: 'v1.32.0' };
    expect(await rig.admin.ok(CLUSTERS.check, { id })).toMatchObject({
      checkCluster: { kubernetesVersion: 'v1.32.0' },
    });
    rig.scripted.script.secretVerbs = ['list'];
    const { errors } = await rig.admin.request(CLUSTERS.check, { id });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'CLUSTER_UNUSABLE',
      details: { reason: 'SECRETS_READABLE', id },
    });
    const instanceId = await createInstance(rig.admin);
    const input = { instanceId, clusterId: id, prompt: 'Look.', incident: '{}' };
    const started = await rig.admin.request(
      'mutation ($input: StartTriageInput!) { startTriage(input: $input) { id } }',
      {
        input,
      },
    );
    expect(started.errors?.[0]?.extensions).toMatchObject({ details: { reason: 'SECRETS_READABLE' } });
    rig.scripted.script.secretVerbs = [];
    expect(await rig.admin.ok(CLUSTERS.check, { id })).toMatchObject({ checkCluster: { canReadSecrets: false } });
  });

  it('cannot be deleted while a run uses it; the run outlives it', async () => {
    const cluster = await rig.register(rig.scripted.kubeconfig());
    const instanceId = await createInstance(rig.admin);
    const incident = JSON.stringify({ id: 'hold', fakeAgent: { lines: 1, hangSeconds: 60 } });
    const { id } = await startTriage(rig.admin, { instanceId, clusterId: cluster.id, prompt: 'Hold.', incident });
    await awaitRun(rig.admin, id, ['RUNNING']);
    const remove = () => rig.admin.request(CLUSTERS.delete, { id: cluster.id });
    expect((await remove()).errors?.[0]?.extensions).toMatchObject({
      code: 'CLUSTER_IN_USE',
      details: { id: cluster.id, runs: [id], runCount: 1 },
    });
    const shown = `query ($id: ID!) { triageRun(id: $id) { clusterId cluster { name } } }`;
    expect(await rig.admin.ok(shown, { id })).toEqual({
      triageRun: { clusterId: cluster.id, cluster: { name: cluster.name } },
    });
    await rig.admin.ok('mutation ($id: ID!) { cancelTriage(id: $id) { id } }', { id });
    await awaitRun(rig.admin, id);
    expect((await remove()).data).toMatchObject({ deleteCluster: { id: cluster.id, name: cluster.name } });
    expect(await rig.admin.ok(shown, { id })).toEqual({ triageRun: { clusterId: null, cluster: null } });
  });

  it('is listed newest first, by page and by name', async () => {
    const own = await Promise.all([rig.register(rig.scripted.kubeconfig()), rig.register(rig.scripted.kubeconfig())]);
    const page = (variables: object) =>
      rig.admin.ok<{ clusters: { totalCount: number; nextCursor: string; items: ClusterView[] } }>(CLUSTERS.list, {
        ...variables,
      });
    const first = (await page({ limit: 1 })).clusters;
    const second = (await page({ limit: 1, after: first.nextCursor })).clusters;
    expect([...first.items, ...second.items].map(({ id }) => id).sort()).toEqual(own.map(({ id }) => id).sort());
    expect((await page({ filter: { name: own[0].name } })).clusters).toMatchObject({
      totalCount: 1,
      nextCursor: null,
      items: [{ id: own[0].id }],
    });
  });

  it('leaves no credential in answers, logs or the database', async () => {
    await rig.register(rig.scripted.kubeconfig());
    await rig.refusalOf(rig.real.kubeconfig().replace('server: https', 'server: http'));
    const output = await rig.server.servers[0]!.output();
    expect(output.length).toBeGreaterThan(1_000);
    for (const token of [rig.scripted.token, rig.real.token]) {
      for (const form of [
        token,
        Buffer.from(token).toString('base64').replace(/=+$/, ''),
        Buffer.from(token).toString('hex'),
      ]) {
        expect(output).not.toContain(form);
        expect(await databaseText()).not.toContain(form);
      }
    }
  });
});
