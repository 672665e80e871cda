import { randomUUID } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres/index.js';
import { writeFileAtomically } from '../../src/kernel/atomic-write.js';

export interface TestDatabase {
  readonly url: string;
  /** Drops the database, cutting what is still connected. */
  close(): Promise<void>;
}

/** Nothing of a test's cluster outlives the run, so that it need not wait for the disk. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** The cluster of this Jest run: the first test file that asks starts it, the run's global teardown stops it. */
async function clusterUrl(): Promise<string> {
  const folder = process.env.TRIAGED_TEST_FOLDER;
  if (!folder)
    throw new Error('TRIAGED_TEST_FOLDER is not set: only the Jest projects with global-setup.mjs may use Postgres.');
  const urlFile = path.join(folder, 'url');
  const claim = path.join(folder, 'starting');
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const url = await readFile(urlFile, 'utf8').catch(() => undefined);
    if (url) return url;
    const mine = await open(claim, 'wx').catch(() => undefined);
    if (!mine) {
      await sleep(20);
      continue;
    }
    await mine.close();
    try {
      const logger = pino({ level: 'silent' });
      const postgres = await startEmbeddedPostgres({
        directory: path.join(folder, 'postgres'),
        logger,
        settings: SETTINGS,
      });
      await writeFileAtomically(urlFile, postgres.url);
      return postgres.url;
    } finally {
      await rm(claim, { force: true });
    }
  }
  throw new Error('The test cluster did not start within a minute.');
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** A fresh, empty database of its own in the cluster of this Jest run. Close it in afterAll. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const url = await clusterUrl();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  // Never template1, which can be copied only while nobody is connected to it.
  await administer(url, `CREATE DATABASE ${name} TEMPLATE template0`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, close: () => administer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
