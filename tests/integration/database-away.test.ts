import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import type { DatabaseRole } from '../../src/adapters/database/data-source.js';
import { StatementSource } from '../../src/adapters/database/statement-source.js';
import { migrateDatabase } from '../../src/composition/database.js';
import { isDatabaseUnavailable } from '../../src/kernel/database-errors.js';
import type { TenantId } from '../../src/kernel/ids.js';
import { inTenant } from '../../src/kernel/tenant-scope.js';
import { createTestDatabase } from '../testkit/postgres.js';
import type { TestDatabase } from '../testkit/postgres.js';
import { openTcpGate } from '../testkit/tcp-gate.js';
import type { TcpGate } from '../testkit/tcp-gate.js';

const logger = pino({ level: 'silent' });
let database: TestDatabase;
let gate: TcpGate;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateDatabase(database.url, logger);
  const through = new URL(database.url);
  gate = await openTcpGate(through.hostname, Number(through.port));
  [through.hostname, through.port] = ['127.0.0.1', String(gate.port)];
  url = through.href;
}, 120_000);
afterAll(async () => {
  await gate?.close();
  await database?.close();
});

const sourceOf = (role: DatabaseRole | undefined, to = url): DataSource =>
  createDataSource({ url: to, entities: [], migrations: [], logger, poolSize: 2, ...(role && { role }) });
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );

describe.each([['triaged_app'], ['triaged_worker'], [undefined]] as const)('as %s, an absent database', (role) => {
  it('is known as such when it refuses the first connection', async () => {
    const nobody = new URL(url);
    nobody.port = '1';
    expect(isDatabaseUnavailable(await errorOf(sourceOf(role, nobody.href).initialize()))).toBe(true);
  });

  it('is known as such by a statement, a transaction and a prepared statement, and works again once it is back', async () => {
    const source = await sourceOf(role).initialize();
    const statements = new StatementSource(source);
    const asked = (): Promise<unknown>[] =>
      inTenant('acme' as TenantId, () => [
        source.query('SELECT 1 AS n'),
        source.transaction((manager) => manager.query('SELECT 1 AS n')),
        statements.query('SELECT 1 AS n'),
      ]);
    try {
      for (const work of asked()) expect(await work).toEqual([{ n: 1 }]);
      gate.shut();
      for (let round = 0; round < 2; round += 1) {
        for (const error of await Promise.all(asked().map(errorOf))) {
          expect([error, isDatabaseUnavailable(error)]).toEqual([expect.any(Error), true]);
        }
      }
      gate.open();
      for (const work of asked()) expect(await work).toEqual([{ n: 1 }]);
    } finally {
      gate.open();
      await source.destroy();
    }
  });

  it('is not what refuses a statement', async () => {
    const source = await sourceOf(role).initialize();
    try {
      const error = await errorOf(inTenant('acme' as TenantId, () => source.query('SELECT 1 / $1::int', [0])));
      expect([error, isDatabaseUnavailable(error)]).toEqual([expect.any(Error), false]);
    } finally {
      await source.destroy();
    }
  });
});
