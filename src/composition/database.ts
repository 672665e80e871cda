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
export async function openDatabase(config: Config, logger: Logger, closing: ClosingStack): Promise<DataSource> {
  const url = config.databaseUrl ?? (await startEmbedded(config, logger, closing));
  const dataSource = createDataSource({ url, entities, migrations, logger, poolSize: 2 * availableParallelism() });
  await dataSource.initialize();
  closing.push('database', () => dataSource.destroy());
  await dataSource.runMigrations();
  return dataSource;
}

async function startEmbedded(config: Config, logger: Logger, closing: ClosingStack): Promise<string> {
  const postgres = await startEmbeddedPostgres({ directory: path.join(config.dataDir, 'postgres'), logger });
  closing.push('embedded Postgres', () => postgres.close());
  return postgres.url;
}
