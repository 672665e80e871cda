import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres/index.js';
import type { EmbeddedPostgres } from '../../src/adapters/embedded-postgres/index.js';
import { connectDatabase, migrateDatabase } from '../../src/composition/database.js';
import { rotateMasterSecret } from '../../src/composition/master-rotation.js';
import type { Config } from '../../src/config/index.js';
import { ownershipOf } from '../../src/kernel/ownership.js';
import type { TenantId } from '../../src/kernel/ids.js';
import { StartupError } from '../../src/kernel/startup-error.js';
import { inTenant } from '../../src/kernel/tenant-scope.js';

jest.setTimeout(60_000);

const logger = pino({ level: 'silent' });
const [ACME, GLOBEX] = ['acme', 'globex'] as [TenantId, TenantId];

/** A cluster of its own, in which nobody has made the roles yet. */
let folder: string;
let cluster: EmbeddedPostgres;
beforeAll(async () => {
  folder = await mkdtemp(path.join(process.env.TRIAGED_TEST_FOLDER ?? '', 'owner-'));
  await chmod(folder, 0o711);
  cluster = await startEmbeddedPostgres({ directory: path.join(folder, 'postgres'), logger });
});
afterAll(async () => {
  await cluster?.close();
  await rm(folder, { recursive: true, force: true });
});

const administer = (...statements: string[]): Promise<void> => administerIn('', ...statements);

/** In the given database, or the superuser's own. */
async function administerIn(database: string, ...statements: string[]): Promise<void> {
  const url = new URL(cluster.url);
  if (database) url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** A database whose owner is no superuser: what DATABASE_URL says. */
async function databaseOf(name: string, attributes = ''): Promise<string> {
  await administer(
    `CREATE ROLE ${name} LOGIN PASSWORD 'secret' ${attributes}`,
    `CREATE DATABASE ${name} OWNER ${name}`,
  );
  return urlOf(name);
}

function urlOf(role: string, database = role): string {
  const url = new URL(cluster.url);
  url.username = role;
  url.password = 'secret';
  url.pathname = `/${database}`;
  return url.href;
}

async function expectIsolated(url: string): Promise<void> {
  const { dataSource, workerSource } = await connectDatabase(url, logger, 2);
  try {
    const id = randomUUID();
    const insert = `INSERT INTO tools (tenant_id, id, name, description) VALUES ($1, $2, 'tool', '')`;
    await inTenant(ACME, () => dataSource.query<unknown>(insert, [ACME, id]));
    expect(await inTenant(ACME, () => dataSource.query<unknown>('SELECT id FROM tools'))).toEqual([{ id }]);
    expect(await inTenant(GLOBEX, () => dataSource.query<unknown>('SELECT id FROM tools'))).toEqual([]);
    expect(await inTenant(GLOBEX, () => ownershipOf(dataSource, 'tool', GLOBEX, id))).toBe('FOREIGN');
    expect(await workerSource.query('SELECT id FROM triage_runs')).toEqual([]);
  } finally {
    await Promise.all([dataSource.destroy(), workerSource.destroy()]);
  }
}

describe('the role in DATABASE_URL', () => {
  it('that may not make roles is told what an administrator has to do, and starts once that is done', async () => {
    const url = await databaseOf('plain');
    for (const role of ['triaged_app', 'triaged_worker']) {
      const refusal = await migrateDatabase(url, logger).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(StartupError);
      expect(String(refusal)).toContain(`As an administrator: CREATE ROLE ${role} NOLOGIN; GRANT ${role} TO plain`);
      await administer(`CREATE ROLE ${role} NOLOGIN`, `GRANT ${role} TO plain`);
    }
    await migrateDatabase(url, logger);
    await expectIsolated(url);
    await administer('DROP DATABASE plain', 'DROP ROLE triaged_app, triaged_worker');
  });

  it('that may make roles needs nobody, and no superuser', async () => {
    const url = await databaseOf('maker', 'CREATEROLE');
    await migrateDatabase(url, logger);
    await expectIsolated(url);
    await administer('DROP DATABASE maker', 'DROP ROLE triaged_app, triaged_worker');
  });

  it('may be the superuser of the embedded Postgres', async () => {
    await migrateDatabase(cluster.url, logger);
    await expectIsolated(cluster.url);
  });

  it('is refused when another role made the tables, and told what gives it sight of them', async () => {
    const founded = await databaseOf('founder');
    await administer('GRANT triaged_app, triaged_worker TO founder');
    await migrateDatabase(founded, logger);
    await administer(
      `CREATE ROLE heir LOGIN PASSWORD 'secret'`,
      'GRANT triaged_app, triaged_worker TO heir',
      'ALTER DATABASE founder OWNER TO heir',
    );
    await administerIn('founder', 'REASSIGN OWNED BY founder TO heir');
    const url = urlOf('heir', 'founder');
    const rotate = () =>
      rotateMasterSecret(
        { databaseUrl: url, masterSecret: randomBytes(32), secondaryMasterSecret: randomBytes(32) } as Config,
        logger,
      );

    const refusal = await migrateDatabase(url, logger).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StartupError);
    expect(String(refusal)).toContain('ALTER POLICY owner ON credentials TO heir; ');
    expect(String(refusal)).toContain('ALTER FUNCTION unused_credentials() OWNER TO heir');
    await expect(rotate()).rejects.toThrow('ALTER POLICY owner ON clusters TO heir; ');

    await administerIn('founder', String(refusal).split('administrator run: ')[1]!);
    await migrateDatabase(url, logger);
    await expectIsolated(url);
    await expect(rotate()).resolves.toMatchObject({ kinds: [{ resealed: 0 }, { resealed: 0 }, { resealed: 0 }] });
  });

  it('gets no server when a role that works for tenants could pass by row-level security', async () => {
    await administer('ALTER ROLE triaged_app BYPASSRLS');
    await expect(connectDatabase(cluster.url, logger)).rejects.toThrow(
      "The database's role triaged_app passes by row-level security: ALTER ROLE triaged_app NOSUPERUSER NOBYPASSRLS",
    );
    await administer('ALTER ROLE triaged_app NOBYPASSRLS');
  });
});
