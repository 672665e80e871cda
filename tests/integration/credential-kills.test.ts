import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ApiKeyRegistry } from '../../src/features/tenants/index.js';
import type { Failpoint } from '../../src/kernel/failpoints.js';
import type { MasterSecrets } from '../../src/kernel/master-secrets.js';
import { auditTrail } from '../testkit/audit.js';
import { TestClient } from '../testkit/client.js';
import { CLUSTERS, registerCluster } from '../testkit/clusters.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import type { ApiServer } from '../testkit/kubernetes/api-server.js';
import { createTestDatabase } from '../testkit/postgres.js';
import type { TestDatabase } from '../testkit/postgres.js';
import { SealedCredentials } from '../testkit/sealed-credentials.js';
import { createDataFolder, startServer } from '../testkit/server.js';
import { createInstance, randomKey, startInstance, startTriage } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

const cli = path.resolve(import.meta.dirname, '../../dist/src/cli/main.js');
const ROTATE = `mutation ($input: RotateAiAgentKeyInput!) { rotateAiAgentKey(input: $input) { credentialVersion } }`;
const REVOKE = `mutation ($input: RevokeAiAgentKeyInput!) { revokeAiAgentKey(input: $input) { credentialVersion } }`;
const STOP = `mutation ($id: ID!) { stopInstance(id: $id) { state } }`;

let database: TestDatabase;
let folder: Awaited<ReturnType<typeof createDataFolder>>;
let apiServer: ApiServer;
let stored: SealedCredentials;
let environment: Record<string, string>;
let apiKey: string;
let servers = 0;
const running: { stop(): Promise<unknown> }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  stored = await SealedCredentials.open(database.url);
  folder = await createDataFolder();
  apiServer = await startApiServer();
  const keysFile = path.join(folder.path, 'keys.json');
  apiKey = await (await ApiKeyRegistry.open({ file: keysFile })).createKey('acme', 'ADMIN');
  environment = {
    DATABASE_URL: database.url,
    API_KEYS_FILE: keysFile,
    RUNTIME: 'fake',
    RATE_LIMIT_REQUESTS: '100000',
    CLUSTER_NETWORKS: '127.0.0.0/8',
  };
});
afterAll(async () => {
  for (const server of running) await server.stop();
  await stored?.close();
  await apiServer?.close();
  await database?.close();
  await folder?.remove();
});

const hex = (secret: Buffer): string => secret.toString('hex');
const secretsIn = ({ primary, secondary }: MasterSecrets): Record<string, string> => ({
  MASTER_SECRET: hex(primary),
  ...(secondary && { MASTER_SECRET_SECONDARY: hex(secondary) }),
});

/** A server of its own on the one database. */
async function serverWith(secrets: MasterSecrets, ...failpoints: Failpoint[]) {
  servers += 1;
  const server = await startServer({
    dataDir: path.join(folder.path, `s${servers}`),
    environment: { ...environment, ...secretsIn(secrets), TRIAGED_FAILPOINTS: failpoints.join() },
  });
  running.push(server);
  return { ...server, client: new TestClient(server.url, apiKey) };
}

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

const secrets = { primary: randomBytes(32) };

describe('a server killed with SIGKILL in the middle of its own doing', () => {
  it('leaves a replaced key that it was destroying (key-destruction-written) as it was, for the next server to destroy once', async () => {
    const doomed = await serverWith(secrets, 'key-destruction-written');
    const [first, second] = [randomKey(), randomKey()];
    const instanceId = await createInstance(doomed.client, { apiKey: first });
    await doomed.client.ok(ROTATE, { input: { instanceId, apiKey: second } });
    await doomed.client.ok(STOP, { id: instanceId });
    await startInstance(doomed.client, instanceId);
    await until(() => isGone(doomed.pid), 20_000);
    expect((await stored.keys(secrets, instanceId)).map(({ key }) => key)).toEqual([second, first]);

    const { client } = await serverWith(secrets);
    const trail = async () =>
      (await auditTrail(client, { instanceId, action: 'CREDENTIAL_DESTROYED' })).map(
        (event) => event.credentialVersion,
      );
    await until(async () => (await trail()).length > 0, 20_000);
    expect(await trail()).toEqual([1]);
    expect((await stored.keys(secrets, instanceId)).map(({ key }) => key)).toEqual([second, null]);
  }, 60_000);
});

describe('a server killed with SIGKILL in the middle of', () => {
  let client: TestClient;
  beforeAll(async () => {
    client = (await serverWith(secrets)).client;
  }, 60_000);

  /** An instance with a key, and what is left when a server dies at the point in a mutation. */
  async function killedAt(failpoint: Failpoint, mutation: string, input: Record<string, unknown>) {
    const first = randomKey();
    const instanceId = await createInstance(client, { apiKey: first });
    const doomed = await serverWith(secrets, failpoint);
    await expect(doomed.client.ok(mutation, { input: { instanceId, ...input } })).rejects.toThrow();
    await until(() => isGone(doomed.pid));
    const left = (await stored.keys(secrets, instanceId)).map(({ version, state, key }) => ({ version, state, key }));
    return { instanceId, first, left };
  }

  it.each(['key-rotation-marked', 'key-rotation-sealed', 'key-rotation-committed'] as const)(
    'the rotation of a key (%s) leaves the old state or the new one, every key readable, and the next version in its place',
    async (failpoint) => {
      const second = randomKey();
      const { instanceId, first, left } = await killedAt(failpoint, ROTATE, { apiKey: second });
      const before = [{ version: 1, state: 'ACTIVE', key: first }];
      const after = [
        { version: 2, state: 'ACTIVE', key: second },
        { version: 1, state: 'ROTATED', key: first },
      ];
      expect(left).toEqual(failpoint === 'key-rotation-committed' ? after : before);
      const { rotateAiAgentKey } = await client.ok<{ rotateAiAgentKey: { credentialVersion: number } }>(ROTATE, {
        input: { instanceId, apiKey: randomKey() },
      });
      expect(rotateAiAgentKey.credentialVersion).toBe(left.length + 1);
      await client.ok(STOP, { id: instanceId });
      await startInstance(client, instanceId);
    },
    60_000,
  );

  it.each(['key-revocation-marked', 'key-revocation-committed'] as const)(
    'the revocation of a key (%s) leaves it as it was, or revoked and destroyed',
    async (failpoint) => {
      const { instanceId, first, left } = await killedAt(failpoint, REVOKE, {});
      const isDone = failpoint === 'key-revocation-committed';
      expect(left).toEqual([
        isDone ? { version: 1, state: 'REVOKED', key: null } : { version: 1, state: 'ACTIVE', key: first },
      ]);
      if (!isDone) await client.ok(REVOKE, { input: { instanceId } });
      expect((await stored.keys(secrets, instanceId)).map(({ state }) => state)).toEqual(['REVOKED']);
    },
    60_000,
  );
});

describe('the rotation of the master secret', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)];
  const both = { primary: newer, secondary: older };
  let own: TestDatabase;
  let before: { keys: (string | null)[]; tokens: string[] };
  let client: TestClient;
  let instances: string[];
  let clusterId: string;

  async function rotate(secrets: MasterSecrets, ...failpoints: Failpoint[]) {
    const child = spawn(process.execPath, [cli, 'master-secret', 'rotate'], {
      env: { ...environment, ...secretsIn(secrets), TRIAGED_FAILPOINTS: failpoints.join(), DATA_DIR: folder.path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, errors, [code, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null, string | null]>,
    ]);
    return { out, errors, code, signal };
  }

  const everything = async (secrets: MasterSecrets) => ({
    keys: (await stored.keys(secrets)).map(({ key }) => key),
    tokens: await stored.tokens(secrets),
  });

  beforeAll(async () => {
    own = await createTestDatabase();
    environment.DATABASE_URL = own.url;
    await stored.close();
    // The server before the rotation, which then runs on beside the newer one: it opens both, and seals under the old.
    client = (await serverWith({ primary: older, secondary: newer })).client;
    stored = await SealedCredentials.open(own.url);
    instances = [await createInstance(client), await createInstance(client)];
    await client.ok(ROTATE, { input: { instanceId: instances[0], apiKey: randomKey() } });
    clusterId = (await registerCluster(client, apiServer.kubeconfig())).id;
    // A run under way keeps the cluster's credential that is replaced.
    const incident = JSON.stringify({ fakeAgent: { hangSeconds: 600 } });
    await startTriage(client, { instanceId: instances[1]!, clusterId, prompt: 'Hold.', incident });
    await client.ok(CLUSTERS.update, { id: clusterId, input: { kubeconfig: apiServer.kubeconfig() } });
    before = await everything({ primary: older });
    expect(before.keys).toHaveLength(3);
    expect(before.tokens).toEqual([apiServer.token, apiServer.token]);
  }, 60_000);
  afterAll(async () => {
    for (const server of running.splice(0)) await server.stop();
    await stored.close();
    stored = await SealedCredentials.open(database.url);
    await own?.close();
  });

  it('wants both secrets', async () => {
    expect(await rotate({ primary: newer })).toMatchObject({ code: 1, errors: expect.stringMatching(/SECONDARY/) });
  });

  it('leaves every credential readable when it is killed after each step, and goes on where it was', async () => {
    const deaths: string[] = [];
    const dieAt = async (failpoint: Failpoint): Promise<boolean> => {
      const { signal, code, errors } = await rotate(both, failpoint);
      expect(await everything(both)).toEqual(before);
      if (signal === null) expect({ code, errors }).toEqual({ code: 0, errors: '' });
      else deaths.push(failpoint);
      return signal === 'SIGKILL';
    };
    expect(await dieAt('master-rotation-resealed')).toBe(true);
    // One more row each time: three keys, a cluster, its replaced connection.
    while (await dieAt('master-rotation-written'));
    expect(deaths).toEqual(['master-rotation-resealed', ...Array<string>(5).fill('master-rotation-written')]);
    expect(await dieAt('master-rotation-table-done')).toBe(true);
    expect(await everything({ primary: newer })).toEqual(before);
    await expect(everything({ primary: older })).rejects.toThrow('sealed under another master secret');
  }, 120_000);

  it('brings over what servers write under the old secret meanwhile, which they then still read', async () => {
    const newest = randomBytes(32);
    const next = { primary: newest, secondary: newer };
    const [instanceId] = instances;
    const writer = (await serverWith({ primary: newer, secondary: newest })).client;
    const apiKeys = Array.from({ length: 10 }, () => randomKey());
    const [first] = await Promise.all([
      rotate(next),
      ...apiKeys.map((each) => createInstance(writer, { apiKey: each })),
    ]);
    expect(first).toMatchObject({ code: 0, errors: '' });
    const last = await rotate(next);
    expect(last).toMatchObject({ code: 0, errors: '', out: expect.stringContaining('key id') });
    const { keys, tokens } = await everything({ primary: newest });
    expect(tokens).toEqual(before.tokens);
    expect([...keys].sort()).toEqual([...before.keys, ...apiKeys].sort());
    await writer.ok(STOP, { id: instanceId });
    await startInstance(writer, instanceId!);
  }, 60_000);

  it('names what it cannot open, leaves that as it is, and says so by its exit code', async () => {
    const wrong = { primary: randomBytes(32), secondary: randomBytes(32) };
    const { code, out, errors } = await rotate(wrong);
    expect(code).toBe(1);
    expect(out).toContain('API keys: 0 sealed anew');
    expect(errors).toContain('it was sealed under another master secret');
    for (const id of [...instances, clusterId]) expect(errors).toContain(id);
  });
});
