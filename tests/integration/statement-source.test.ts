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
  it('prepares a text once, whatever its values', async () => {
    const source = new StatementSource(dataSource);
    const text = 'SELECT $1::int + 1 AS n';
    for (const n of [1, 2, 3]) expect(await source.query(text, [n])).toEqual([{ n: n + 1 }]);
    expect(await prepared()).toEqual([text]);
  });

  it('keeps 256 texts prepared, and lets those go that were used longest ago', async () => {
    const source = new StatementSource(dataSource);
    const before = (await prepared()).length;
    const often = 'SELECT $1::int + 2 AS n';
    for (let n = 0; n < 600; n += 1) {
      expect(await source.query(`SELECT ${n} AS n`)).toEqual([{ n }]);
      if (n % 100 === 0) expect(await source.query(often, [n])).toEqual([{ n: n + 2 }]);
    }
    const kept = await prepared();
    expect(kept).toHaveLength(before + 256);
    expect(kept).toEqual(expect.arrayContaining([often, 'SELECT 599 AS n']));
    expect(kept).not.toContain('SELECT 0 AS n');
    // What had to go is prepared again.
    expect(await source.query('SELECT 0 AS n')).toEqual([{ n: 0 }]);
    expect(await prepared()).toContain('SELECT 0 AS n');
  });

  it('does so on each connection', async () => {
    const logger = pino({ level: 'silent' });
    const options = { url: database.url, entities: [], migrations: [], logger, poolSize: 3 };
    const several = await createDataSource(options).initialize();
    try {
      const source = new StatementSource(several);
      for (let round = 0; round < 100; round += 1) {
        const texts = Array.from({ length: 6 }, (_, n) => `SELECT ${round * 3 + n} AS n`);
        const answers = await Promise.all(texts.map((text) => source.query(text)));
        expect(answers).toEqual(texts.map((_, n) => [{ n: round * 3 + n }]));
      }
      const counts = await Promise.all(
        [1, 2, 3].map(() =>
          source.query('SELECT count(*)::int AS count, pg_sleep(0.2)::text FROM pg_prepared_statements'),
        ),
      );
      for (const [row] of counts) expect((row as { count: number }).count).toBeLessThanOrEqual(256);
    } finally {
      await several.destroy();
    }
  });

  it('rejects with an error that tells a refused statement from an absent database', async () => {
    const source = new StatementSource(dataSource);
    const refused = await source.query('SELECT 1 / $1::int', [0]).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: '22012' });
    expect(isDatabaseUnavailable(refused)).toBe(false);
    const ended = await source.query('SELECT pg_terminate_backend(pg_backend_pid())').catch((error: unknown) => error);
    expect(isDatabaseUnavailable(ended)).toBe(true);
    expect(await source.query('SELECT 7 AS n')).toEqual([{ n: 7 }]);
  });
});
