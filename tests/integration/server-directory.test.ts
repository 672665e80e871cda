import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { createConnectPolicies } from '../../src/composition/connect-policies.js';
import { migrateDatabase } from '../../src/composition/database.js';
import { createServers, peerUrlOf, type Servers } from '../../src/composition/servers.js';
import { loadConfig } from '../../src/config/index.js';
import type { ServerRole } from '../../src/features/servers/index.js';
import { createTestDatabase, type TestDatabase } from '../testkit/postgres.js';

const logger = pino({ level: 'silent' });

describe('servers on one database', () => {
  let database: TestDatabase;
  let owner: DataSource;
  let workerSource: DataSource;
  const opened: Servers[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    await migrateDatabase(database.url, logger);
    const options = { url: database.url, entities: [], migrations: [], logger, poolSize: 2 };
    owner = await createDataSource(options).initialize();
    workerSource = await createDataSource({ ...options, role: 'triaged_worker' }).initialize();
  });
  afterEach(async () => {
    for (const { directory, peers } of opened.splice(0)) await Promise.all([directory.close(), peers.close()]);
    await owner.query('DELETE FROM servers');
  });
  afterAll(async () => {
    await Promise.all([owner?.destroy(), workerSource?.destroy()]);
    await database?.close();
  });

  const start = async (role: ServerRole, runGroup: string, url = 'http://10.9.8.7:4000') => {
    const masterSecrets = { primary: randomBytes(32) };
    const servers = createServers({ workerSource, masterSecrets, runGroup, logger });
    opened.push(servers);
    const id = randomUUID();
    await servers.directory.announce({ id, role, runGroup, url });
    return { ...servers, id };
  };
  const idsOf = (servers: readonly { readonly id: string }[]) => servers.map(({ id }) => id);

  it('know the others of a group, and not themselves', async () => {
    const one = await start('all', 'g');
    const two = await start('worker', 'g');
    await start('worker', 'h');
    expect(idsOf(await two.directory.ofGroup('g'))).toEqual([one.id]);
    expect(await two.directory.ofGroup('none')).toEqual([]);
  });

  it('forget one that says that it goes, and one that was not seen for 15 s', async () => {
    const [gone, killed] = [await start('worker', 'g'), await start('worker', 'g')];
    const api = await start('api', 'own');
    expect(idsOf(await api.directory.ofGroup('g')).sort()).toEqual([gone.id, killed.id].sort());
    await gone.directory.close();
    await owner.query(`UPDATE servers SET seen_at = clock_timestamp() - interval '16 seconds' WHERE id = $1`, [
      killed.id,
    ]);
    const later = await start('api', 'own');
    expect(await later.directory.ofGroup('g')).toEqual([]);
  });

  it('take runs only while one is there that carries them out', async () => {
    const api = await start('api', 'own');
    await expect(api.directory.requireWorker()).rejects.toMatchObject({ code: 'RUNTIME_UNAVAILABLE' });
    const worker = await start('worker', 'g');
    const next = await start('api', 'own');
    await next.directory.requireWorker();
    await worker.directory.close();
  });

  it('keep the last they knew while the database is away', async () => {
    const worker = await start('worker', 'g');
    const api = await start('api', 'own');
    expect(idsOf(await api.directory.ofGroup('g'))).toEqual([worker.id]);
    await workerSource.destroy();
    try {
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(idsOf(await api.directory.ofGroup('g'))).toEqual([worker.id]);
    } finally {
      await workerSource.initialize();
    }
  });

  it('are never reached in the name of a tenant', async () => {
    await start('worker', 'g', 'http://10.9.8.7:4321');
    const { endpoints } = await start('api', 'own');
    const config = loadConfig({ CLUSTER_NETWORKS: '0.0.0.0/0', EGRESS_NETWORKS: '0.0.0.0/0' });
    const { cluster, egress } = createConnectPolicies(config, 'postgres://u:p@127.0.0.1:5433/t', endpoints);
    for (const policy of [cluster, egress]) {
      expect(await policy.permits(['10.9.8.7'], 4321)).toBe(false);
      expect(await policy.permits(['10.9.8.7'], 4322)).toBe(true);
    }
  });

  it.each([
    [{ host: '127.0.0.1' }, /^http:\/\/127\.0\.0\.1:80$/],
    [{ host: '::1' }, /^http:\/\/\[::1\]:80$/],
    [{ host: '0.0.0.0' }, /^http:\/\/[^0:/][^:/]*:80$/],
    [{ host: '0.0.0.0', peerUrl: 'https://a.example/x' }, /^https:\/\/a\.example\/x$/],
  ])('say of %j where they are reached', (config, url) => {
    expect(peerUrlOf(config, 80)).toMatch(url);
  });
});
