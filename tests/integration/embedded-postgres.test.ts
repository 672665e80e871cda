import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/adapters/embedded-postgres/index.js';
import { StartupError } from '../../src/kernel/startup-error.js';
import { until } from '../testkit/until.js';

const logger = pino({ level: 'silent' });
const isRoot = process.getuid?.() === 0;

async function query(postgres: EmbeddedPostgres, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(statement).finally(() => client.end());
  return rows;
}

describe('the embedded Postgres', () => {
  let directory: string;
  let running: EmbeddedPostgres | undefined;
  const start = async (): Promise<EmbeddedPostgres> => (running = await startEmbeddedPostgres({ directory, logger }));
  const pid = async (): Promise<number> =>
    parseInt(await readFile(path.join(directory, 'data/postmaster.pid'), 'utf8'), 10);
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    const target = await pid();
    process.kill(target, name);
    await until(() =>
      stat(`/proc/${target}`).then(
        () => false,
        () => true,
      ),
    );
  };

  beforeAll(async () => {
    const parent = process.env.TRIAGED_TEST_FOLDER ?? '';
    directory = path.join(await mkdtemp(path.join(parent, 'embedded-')), 'postgres');
    await chmod(path.dirname(directory), 0o711);
    await start();
    await query(running!, 'CREATE TABLE kept AS SELECT 42 AS answer');
  });
  afterEach(() => running?.close());
  afterAll(() => rm(path.dirname(directory), { recursive: true, force: true }));

  const expectKept = async (): Promise<void> => {
    expect(await query(await start(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  };

  it('keeps its data and its password over restarts, in files that nobody else may read', async () => {
    await expectKept();
    expect((await stat(path.join(directory, 'password'))).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(directory, 'data'))).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(directory, 'postgres.log'))).mode & 0o777).toBe(0o600);
  });

  it('syncs to disk, listens on loopback alone, and wants the password', async () => {
    const postgres = await start();
    expect(
      await query(
        postgres,
        `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'listen_addresses') ORDER BY 1`,
      ),
    ).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
    ]);
    const wrong = new URL(postgres.url);
    wrong.password = 'wrong';
    await expect(query({ ...postgres, url: wrong.href }, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('takes over the postmaster that a killed server left running', async () => {
    const first = await start();
    const left = await pid();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await pid()).toBe(left);
    await second.close();
    await expect(pid()).rejects.toThrow(/ENOENT/);
  });

  it('comes back after its postmaster was killed', async () => {
    await start();
    await signal('SIGKILL');
    await expectKept();
  });

  it('is not fooled by a pid file whose pid another process bears', async () => {
    await start();
    await running?.close();
    await writeFile(
      path.join(directory, 'data/postmaster.pid'),
      `${process.pid}\n${directory}/data\n0\n1\n\n127.0.0.1\n\nready\n`,
    );
    await expectKept();
  });

  it('closes within seconds although clients are connected', async () => {
    const postgres = await start();
    const client = new pg.Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    const began = Date.now();
    await postgres.close();
    expect(Date.now() - began).toBeLessThan(3000);
    await client.end();
    await postgres.close();
  });

  it('leads a session of its own, which the interrupt of a terminal does not reach', async () => {
    await start();
    const own = await pid();
    const fields = (await readFile(`/proc/${own}/stat`, 'utf8')).split(') ')[1]!.split(' ');
    expect([fields[2], fields[3]]).toEqual([String(own), String(own)]);
  });

  it('refuses data of another major, says what to do, and leaves it alone', async () => {
    const version = path.join(directory, 'data/PG_VERSION');
    await writeFile(version, '17\n');
    const refused = start();
    await expect(refused).rejects.toThrow(StartupError);
    await expect(refused).rejects.toThrow(/made by Postgres 17.*brings Postgres 18.*pg_dump.*DATABASE_URL/s);
    expect(await readFile(version, 'utf8')).toBe('17\n');
    await writeFile(version, '18\n');
    await expectKept();
  });

  it('works below a folder that nobody else may pass', async () => {
    const closed = path.join(path.dirname(directory), 'closed');
    await mkdir(closed, { mode: 0o700 });
    const inside = path.join(closed, 'postgres');
    const postgres = await startEmbeddedPostgres({ directory: inside, logger });
    try {
      expect(await query(postgres, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await postgres.close();
      const link = await readlink(inside).catch(() => undefined);
      await rm(link ?? inside, { recursive: true });
      await rm(inside, { force: true });
      // Only root's Postgres, which is another user's, has to lie elsewhere.
      expect(link?.startsWith('/var/lib/triaged/')).toBe(isRoot ? true : undefined);
    }
  });
});
