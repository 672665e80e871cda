import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { StatementSource } from '../../src/adapters/database/statement-source.js';
import { isDatabaseUnavailable } from '../../src/kernel/database-errors.js';
import { createTestDatabase } from '../testkit/postgres.js';
import type { TestDatabase } from '../testkit/postgres.js';

let database: TestDatabase;
/** Of one connection, so that what it has prepared can be asked. */
let dataSource: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  const logger = pino({ level: 'silent' });
  const options = { url: database.url, entities: [], migrations: [], logger, poolSize: 1 };
  dataSource = await createDataSource(options).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.close();
});

const prepared = async (): Promise<string[]> => {
  const rows = await dataSource.query<{ statement: string }[]>(
    'SELECT statement FROM pg_prepared_statements ORDER BY 1',
  );
  return rows.map(({ statement }) => statement);
};

describe('StatementSource', () => {
  it('prepares nothing when the operator says so', async () => {
    const source = new StatementSource(dataSource, { prepare: false });
    expect(await source.query('SELECT $1::int AS n', [1])).toEqual([{ n: 1 }]);
    expect(await prepared()).toEqual([]);
  });

  it('prepares a text once, whatever its values', async () => {
    const source = new StatementSource(dataSource, { prepare: true });
    const text = 'SELECT $1::int + 1 AS n';
    for (const n of [1, 2, 3]) expect(await source.query(text, [n])).toEqual([{ n: n + 1 }]);
    expect(await prepared()).toEqual([text]);
  });

  it('runs what comes after the 256th text without preparing it', async () => {
    const source = new StatementSource(dataSource, { prepare: true });
    const before = (await prepared()).length;
    for (let n = 0; n < 260; n += 1) expect(await source.query(`SELECT ${n} AS n`)).toEqual([{ n }]);
    expect(await prepared()).toHaveLength(before + 256);
  });

  it('rejects with an error that tells a refused statement from an absent database', async () => {
    const source = new StatementSource(dataSource, { prepare: true });
    const refused = await source.query('SELECT 1 / $1::int', [0]).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: '22012' });
    expect(isDatabaseUnavailable(refused)).toBe(false);
    const ended = await source.query('SELECT pg_terminate_backend(pg_backend_pid())').catch((error: unknown) => error);
    expect(isDatabaseUnavailable(ended)).toBe(true);
    expect(await source.query('SELECT 7 AS n')).toEqual([{ n: 7 }]);
  });
});
