import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { createDataSource } from '../adapters/database/data-source.js';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/index.js';
import type { Config } from '../config/index.js';
import type { ClosingStack } from '../kernel/closing.js';
import { entities } from './entities.js';

/** A connected and migrated database: the configured one, or the embedded one, started here. */
export async function openDatabase(
  config: Config,
  logger: Logger,
  closing: ClosingStack,
): Promise<{ readonly dataSource: DataSource; readonly url: string }> {
  const url = config.databaseUrl ?? (await startEmbedded(config, logger, closing));
  const dataSource = createDataSource({ url, entities, migrations, logger, poolSize: 2 * availableParallelism() });
  await dataSource.initialize();
  closing.push('database', () => dataSource.destroy());
  await migrate(dataSource);
  return { dataSource, url };
}

/** Any number, the same in every version: servers that start together migrate one after the other. */
const MIGRATION_LOCK = 7_412_330;

async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
  }
}

async function startEmbedded(config: Config, logger: Logger, closing: ClosingStack): Promise<string> {
  const postgres = await startEmbeddedPostgres({ directory: path.join(config.dataDir, 'postgres'), logger });
  closing.push('embedded Postgres', () => postgres.close());
  return postgres.url;
}
