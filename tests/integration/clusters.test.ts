import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { createCertificateAuthority } from '../testkit/kubernetes/certificates.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import type { ApiServer } from '../testkit/kubernetes/api-server.js';
import type { TestClient } from '../testkit/client.js';
import { CLUSTERS, registerCluster } from '../testkit/clusters.js';
import type { ClusterView } from '../testkit/clusters.js';
import { startScriptedApiServer } from '../testkit/scripted-api-server.js';
import type { ScriptedApiServer } from '../testkit/scripted-api-server.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

let server: TenantsServer;
let real: ApiServer;
let scripted: ScriptedApiServer;
let admin: TestClient;
let original: ScriptedApiServer['script'];
let names = 0;
const newName = (): string => `cluster-${(names += 1)}`;

beforeAll(async () => {
  real = await startApiServer();
  scripted = await startScriptedApiServer();
  original = { ...scripted.script };
  server = await startTenantsServer({
    tenants: ['acme', 'readers'],
    environment: { RATE_LIMIT_REQUESTS: '100000', CLUSTER_NETWORKS: '127.0.0.0/8,::1/128', LOG_LEVEL: 'trace' },
  });
  admin = server.client('acme', 'ADMIN');
}, 120_000);
afterAll(async () => {
  await server?.close();
  await real?.close();
  await scripted?.close();
});
afterEach(() => void Object.assign(scripted.script, original));

const register = (kubeconfig: string, name = newName()) => registerCluster(admin, kubeconfig, name);

/** The first error of a registration that must not succeed. */
async function refusalOf(kubeconfig: string, client = admin) {
  const { status, errors } = await client.request(CLUSTERS.register, { input: { name: newName(), kubeconfig } });
  return { status, message: errors?.[0]?.message, ...errors?.[0]?.extensions };
}
const unusable = (reason: string) => ({ status: 400, code: 'CLUSTER_UNUSABLE', details: { reason } });

async function listNames(client = admin): Promise<string[]> {
  const { clusters } = await client.ok<{ clusters: { items: ClusterView[] } }>(CLUSTERS.list);
  return clusters.items.map(({ name }) => name);
}

/** As an operator does it, in the file that the server follows. */
async function allowSecretReading(tenant: string, allowed: boolean): Promise<void> {
  const file = JSON.parse(await readFile(server.keysFile, 'utf8')) as object;
  const tenants = { [tenant]: { allowSecretReading: allowed } };
  await writeFile(server.keysFile, JSON.stringify({ ...file, tenants }));
}

/** Every row of clusters and runs, bytes in hex. */
async function databaseText(): Promise<string> {
  const client = new pg.Client({ connectionString: server.databaseUrl });
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
    const name = newName();
    const cluster = await register(real.kubeconfig({ namespace: 'default' }), name);
    expect(cluster).toMatchObject({
      name,
      serverUrl: real.url,
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
    expect(JSON.stringify(await server.client('acme', 'VIEWER').ok(CLUSTERS.get, { id: cluster.id }))).not.toContain(
      real.token,
    );
  });

  it('takes a client certificate, and says when it ends', async () => {
    const cluster = await register(real.kubeconfig({ authentication: 'certificate' }));
    expect(cluster.credentialKind).toBe('CLIENT_CERTIFICATE');
    expect(Date.parse(cluster.credentialExpiresAt!)).toBeGreaterThan(Date.now());
  });

  it('takes a credential that is confined to one namespace, and a file of many lines', async () => {
    const confined = await startApiServer({ namespaces: ['shop'] });
    const kubeconfig = confined.kubeconfig({ namespace: 'shop' });
    const cluster = await register(`${kubeconfig}${'# nothing but a comment\n'.repeat(9_000)}`);
    const rulesOf = (namespace: string) =>
      cluster.access.find(({ namespaces }) => namespaces.includes(namespace))!.rules;
    expect(rulesOf('shop').flatMap(({ resources }) => resources)).toContain('pods');
    expect(rulesOf('kube-system').flatMap(({ resources }) => resources)).toEqual([]);
    await confined.close();
  });

  it('keeps nothing of a refused cluster, and no name twice', async () => {
    const name = newName();
    await register(scripted.kubeconfig(), name);
    const again = { name: ` ${name} `, kubeconfig: scripted.kubeconfig() };
    const { errors } = await admin.request(CLUSTERS.register, { input: again });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'DUPLICATE_NAME', details: { path: 'input.name', name } });
    const before = await listNames();
    await refusalOf(scripted.kubeconfig('https://127.0.0.1:1'));
    await refusalOf('kind: Secret');
    expect(await listNames()).toEqual(before);
  });

  it('sends no credential to a server that its CA does not vouch for', async () => {
    const before = scripted.requests.length;
    const other = Buffer.from(createCertificateAuthority().caPem).toString('base64');
    const wrong = [
      { 'certificate-authority-data': null },
      { 'certificate-authority-data': other },
      { 'tls-server-name': 'elsewhere.example' },
    ];
    for (const settings of wrong) {
      const file = parse(scripted.kubeconfig()) as { clusters: [{ cluster: object }] };
      Object.assign(file.clusters[0].cluster, settings);
      expect(await refusalOf(stringify(file))).toMatchObject(unusable('TLS'));
    }
    expect(scripted.requests.length).toBe(before);
  });

  it.each<[string, () => string, string]>([
    ['a token that is not taken', () => real.kubeconfig().replace(real.token, 'x'.repeat(32)), 'UNAUTHORIZED'],
    ['a closed port', () => scripted.kubeconfig('https://127.0.0.1:1'), 'UNREACHABLE'],
    ['a name without an address', () => scripted.kubeconfig('https://no-such-host.invalid'), 'DNS'],
    [
      'a path below which there is nothing',
      () => scripted.kubeconfig(`https://127.0.0.1:${scripted.port}/x`),
      'NOT_KUBERNETES',
    ],
  ])('classifies %s', async (_, kubeconfig, reason) => {
    scripted.script.instead = (request, response) => {
      if (!request.url?.startsWith('/x')) return false;
      response.writeHead(404).end('nothing here');
      return true;
    };
    const refusal = await refusalOf(kubeconfig());
    expect(refusal).toMatchObject(unusable(reason));
    expect(refusal.message).toMatch(/\. .*\.$/);
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['401', (response) => response.writeHead(401).end('{}'), 'UNAUTHORIZED'],
    ['500', (response) => response.writeHead(500).end('{}'), 'UNREACHABLE'],
    ['HTML', (response) => response.writeHead(200).end('<html>login</html>'), 'NOT_KUBERNETES'],
    ['an answer without end', (response) => response.end(Buffer.alloc(32 * 1024 ** 2, ' ')), 'NOT_KUBERNETES'],
    ['a version that is markup', (response) => response.end('{"gitVersion":"v1</tag>"}'), 'NOT_KUBERNETES'],
  ])('classifies %s', async (_, answer, reason) => {
    scripted.script.instead = (_request, response) => {
      answer(response);
      return true;
    };
    expect(await refusalOf(scripted.kubeconfig())).toMatchObject(unusable(reason));
  });

  it('follows no redirect', async () => {
    const target = await startScriptedApiServer();
    scripted.script.instead = (_request, response) => {
      response.writeHead(302, { location: `https://127.0.0.1:${target.port}/version` }).end();
      return true;
    };
    expect(await refusalOf(scripted.kubeconfig())).toMatchObject(unusable('NOT_KUBERNETES'));
    expect(target.requests).toEqual([]);
    await target.close();
  });

  it('gives up a server that accepts and is silent', async () => {
    const silent = net.createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const begun = Date.now();
    expect(await refusalOf(scripted.kubeconfig(`https://127.0.0.1:${port}`))).toMatchObject(unusable('TIMEOUT'));
    expect(Date.now() - begun).toBeLessThan(15_000);
    silent.close();
  }, 30_000);

  it('does not dial addresses of clouds, of this host and of our own services', async () => {
    const own = new URL(server.url).port;
    const addresses = ['169.254.169.254', '[::ffff:169.254.169.254]', '2852039166', '0xa9fea9fe', '[fd00:ec2::254]'];
    const ports = [
      `127.0.0.1:${own}`,
      `localhost:${own}`,
      `[::1]:${own}`,
      `[::ffff:127.0.0.1]:${own}`,
      `2130706433:${own}`,
    ];
    const postgres = `127.0.0.1:${new URL(server.databaseUrl).port}`;
    for (const address of [...addresses, ...ports, postgres, '0.0.0.0:6443', '[::]:6443', '224.0.0.1']) {
      const refusal = await refusalOf(scripted.kubeconfig(`https://${address}`));
      expect({ address, refusal }).toMatchObject({ address, refusal: unusable('REFUSED') });
    }
  });

  it('refuses a credential that reads Secrets anywhere, unless the tenant allows it', async () => {
    const open = await startApiServer({ canReadSecrets: true });
    expect(await refusalOf(open.kubeconfig())).toMatchObject(unusable('SECRETS_READABLE'));
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };
    // In one namespace alone, which only its own rules tell.
    scripted.script.rules = (namespace) => (namespace === 'shop' ? [rule] : []);
    expect(await refusalOf(scripted.kubeconfig())).toMatchObject(unusable('SECRETS_READABLE'));
    // An authorizer that does not list its rules is asked.
    Object.assign(scripted.script, { ...original, incomplete: true, secretVerbs: ['watch'] });
    expect(await refusalOf(scripted.kubeconfig())).toMatchObject(unusable('SECRETS_READABLE'));

    const reader = server.client('readers', 'ADMIN');
    expect(await refusalOf(open.kubeconfig(), reader)).toMatchObject(unusable('SECRETS_READABLE'));
    await allowSecretReading('readers', true);
    await until(
      async () =>
        (await reader.request(CLUSTERS.register, { input: { name: 'open', kubeconfig: open.kubeconfig() } })).errors ===
        undefined,
    );
    const { clusters } = await reader.ok<{ clusters: { items: ClusterView[] } }>(CLUSTERS.list);
    expect(clusters.items).toMatchObject([{ name: 'open', canReadSecrets: true }]);

    // What is no longer allowed is no longer used.
    await allowSecretReading('readers', false);
    const instanceId = await createInstance(reader);
    const input = { instanceId, clusterId: clusters.items[0]!.id, prompt: 'Look.', incident: '{}' };
    await until(async () => {
      const { errors } = await reader.request(
        `mutation ($input: StartTriageInput!) { startTriage(input: $input) { id } }`,
        { input },
      );
      return (errors?.[0]?.extensions?.details as { reason?: string } | undefined)?.reason === 'SECRETS_READABLE';
    });
    await open.close();
  });

  it('warns of a credential that can do more than read, and of what was not looked at', async () => {
    scripted.script.namespaces = Array.from({ length: 40 }, (_, index) => `team-${index}`);
    scripted.script.incomplete = true;
    scripted.script.rules = (namespace) => [
      {
        verbs: ['get', 'delete'],
        apiGroups: [''],
        resources: namespace === 'shop' ? ['pods', 'pods/exec'] : ['events'],
      },
    ];
    const { warnings, access } = await register(scripted.kubeconfig());
    expect(warnings).toEqual([
      expect.stringContaining('delete pods, delete pods/exec, get pods/exec (in shop)'),
      expect.stringMatching(/delete events \(in default, kube-system, team-0 and \d+ more\)/),
      expect.stringContaining('does not list all'),
      "Only 24 of the cluster's namespaces were looked at.",
    ]);
    expect(access.map(({ namespaces }) => namespaces.length)).toEqual([1, 23]);
    expect(access[0]!.rules).toMatchObject([{ verbs: ['get'], resources: ['pods', 'pods/exec'] }]);
  });

  it('shows no more rights than an agent can be told', async () => {
    const verbs = ['get', 'list', 'watch'];
    scripted.script.rules = () =>
      Array.from({ length: 2_000 }, (_, index) => ({
        verbs,
        apiGroups: [`group-${index}.example.com`],
        resources: ['things'],
      }));
    const { access, warnings } = await register(scripted.kubeconfig());
    expect(JSON.stringify(access).length).toBeLessThan(80 * 1024);
    expect(access[0]!.rules.length).toBeGreaterThan(300);
    expect(warnings).toEqual([expect.stringContaining('too many')]);
  });

  it('says so when the credential may not ask for its own permissions', async () => {
    scripted.script.instead = (request, response) => {
      if (request.url === '/version') return false;
      response.writeHead(403).end('{}');
      return true;
    };
    expect(await refusalOf(scripted.kubeconfig())).toMatchObject(unusable('FORBIDDEN'));
  });
});

describe('a registered cluster', () => {
  it('gets a new version of its credential with a new kubeconfig, and only then', async () => {
    const { id } = await register(scripted.kubeconfig());
    const update = async (input: object) =>
      (await admin.ok<{ updateCluster: ClusterView }>(CLUSTERS.update, { id, input })).updateCluster;
    const name = newName();
    expect(await update({ name })).toMatchObject({ name, credentialVersion: 1, serverUrl: expect.any(String) });
    expect(await update({ kubeconfig: real.kubeconfig() })).toMatchObject({
      name,
      credentialVersion: 2,
      serverUrl: real.url,
    });
    // The new version opens.
    expect(await admin.ok(CLUSTERS.check, { id })).toMatchObject({ checkCluster: { credentialVersion: 2 } });

    const taken = await register(scripted.kubeconfig());
    const refused = async (input: object) =>
      (await admin.request(CLUSTERS.update, { id, input })).errors?.[0]?.extensions;
    expect(await refused({ name: taken.name })).toMatchObject({ code: 'DUPLICATE_NAME' });
    expect(await refused({ context: 'test-kit' })).toMatchObject({ details: { path: 'input.context' } });
    expect(await refused({ kubeconfig: scripted.kubeconfig('https://127.0.0.1:1') })).toMatchObject({
      code: 'CLUSTER_UNUSABLE',
    });
    expect(await admin.ok(CLUSTERS.get, { id })).toMatchObject({ cluster: { name, credentialVersion: 2 } });
  });

  it('is checked again: what it says now stands, and rights that have grown make it unusable', async () => {
    const { id } = await register(scripted.kubeconfig());
    scripted.script.version = { gitVersion: 'v1.32.0' };
    expect(await admin.ok(CLUSTERS.check, { id })).toMatchObject({ checkCluster: { kubernetesVersion: 'v1.32.0' } });
    scripted.script.secretVerbs = ['list'];
    const { errors } = await admin.request(CLUSTERS.check, { id });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'CLUSTER_UNUSABLE',
      details: { reason: 'SECRETS_READABLE', id },
    });
    const instanceId = await createInstance(admin);
    const input = { instanceId, clusterId: id, prompt: 'Look.', incident: '{}' };
    const started = await admin.request('mutation ($input: StartTriageInput!) { startTriage(input: $input) { id } }', {
      input,
    });
    expect(started.errors?.[0]?.extensions).toMatchObject({ details: { reason: 'SECRETS_READABLE' } });
    scripted.script.secretVerbs = [];
    expect(await admin.ok(CLUSTERS.check, { id })).toMatchObject({ checkCluster: { canReadSecrets: false } });
  });

  it('cannot be deleted while a run uses it; the run outlives it', async () => {
    const cluster = await register(scripted.kubeconfig());
    const instanceId = await createInstance(admin);
    const incident = JSON.stringify({ id: 'hold', fakeAgent: { lines: 1, hangSeconds: 60 } });
    const { id } = await startTriage(admin, { instanceId, clusterId: cluster.id, prompt: 'Hold.', incident });
    await awaitRun(admin, id, ['RUNNING']);
    const remove = () => admin.request(CLUSTERS.delete, { id: cluster.id });
    expect((await remove()).errors?.[0]?.extensions).toMatchObject({
      code: 'CLUSTER_IN_USE',
      details: { id: cluster.id, runs: [id], runCount: 1 },
    });
    const shown = `query ($id: ID!) { triageRun(id: $id) { clusterId cluster { name } } }`;
    expect(await admin.ok(shown, { id })).toEqual({
      triageRun: { clusterId: cluster.id, cluster: { name: cluster.name } },
    });
    await admin.ok('mutation ($id: ID!) { cancelTriage(id: $id) { id } }', { id });
    await awaitRun(admin, id);
    expect((await remove()).data).toMatchObject({ deleteCluster: { id: cluster.id, name: cluster.name } });
    expect(await admin.ok(shown, { id })).toEqual({ triageRun: { clusterId: null, cluster: null } });
  });

  it('is listed newest first, by page and by name', async () => {
    const own = await Promise.all([register(scripted.kubeconfig()), register(scripted.kubeconfig())]);
    const page = (variables: object) =>
      admin.ok<{ clusters: { totalCount: number; nextCursor: string; items: ClusterView[] } }>(CLUSTERS.list, {
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
    await register(scripted.kubeconfig());
    await refusalOf(real.kubeconfig().replace('server: https', 'server: http'));
    const output = await server.servers[0]!.output();
    expect(output.length).toBeGreaterThan(1_000);
    for (const token of [scripted.token, real.token]) {
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
