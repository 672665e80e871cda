import path from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres/index.js';
import { migrations } from '../../migrations/index.js';
import { untilInterrupted } from './interruption.js';

export interface BenchDatabase {
  readonly url: string;
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** An embedded Postgres with the product's settings and tables: the same for every variant. */
export async function startBenchDatabase(folder: string): Promise<BenchDatabase> {
  const logger = pino({ level: 'silent' });
  const postgres = await startEmbeddedPostgres({ directory: path.join(folder, 'bench-postgres'), logger });
  const client = new Client({ connectionString: postgres.url });
  client.on('error', () => undefined); // the statement under way tells it
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      release();
      await client.end().catch(() => undefined);
      await postgres.close();
    })());
  // What is under way then fails, and whoever waits for it tidies up.
  const release = untilInterrupted(() => void close());
  try {
    const dataSource = createDataSource({ url: postgres.url, entities: [], migrations, logger, poolSize: 1 });
    await dataSource.initialize();
    await dataSource.runMigrations().finally(() => dataSource.destroy());
    await client.connect();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: postgres.url,
    query: async (sql, values = []) => (await client.query<Record<string, unknown>>(sql, [...values])).rows,
    close,
  };
}
