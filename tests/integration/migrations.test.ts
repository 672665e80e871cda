import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { createTestDatabase } from '../testkit/postgres.js';
import type { TestDatabase } from '../testkit/postgres.js';

const logger = pino({ level: 'silent' });

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = createDataSource({ url: database.url, entities: [], migrations, logger, poolSize: 2 });
  await dataSource.initialize();
});
afterAll(async () => {
  await dataSource?.destroy();
  await database?.close();
});

/** Columns, constraints, indexes and functions, as the database describes them. */
async function shape(): Promise<string[]> {
  const rows: { line: string }[] = await dataSource.query(`
    SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY line`);
  return rows.map(({ line }) => line);
}

/** Fails when the function reads a table that is gone. */
const ownership = () => dataSource.query("SELECT ownership_of('instance', 'acme', gen_random_uuid()) AS answer");

describe('every migration', () => {
  it('is undone to exactly what was there before, and made again', async () => {
    const runner = dataSource.createQueryRunner();
    const steps = migrations.map((migration) => new migration());
    const shapes = [await shape()];
    for (const step of steps) {
      await step.up(runner);
      shapes.push(await shape());
    }
    expect(shapes[0]).toEqual([]);
    expect(shapes.at(-1)!.length).toBeGreaterThan(100);
    for (const [index, step] of [...steps.entries()].reverse()) {
      await step.down(runner);
      expect({ undone: step.name, shape: await shape() }).toEqual({ undone: step.name, shape: shapes[index] });
      if (index > 0) expect(await ownership()).toEqual([{ answer: 'NONE' }]);
    }
    for (const step of steps) await step.up(runner);
    expect(await shape()).toEqual(shapes.at(-1));
    await runner.release();
  });
});
