import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { createDataSource } from '../adapters/database/data-source.js';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres/index.js';
import type { Config } from '../config/index.js';
import type { ClosingStack } from '../kernel/closing.js';
import { isPrivilegeMissing } from '../kernel/database-errors.js';
import { StartupError } from '../kernel/startup-error.js';
import { entities } from './entities.js';
import { requireSight } from './sight-of-all-tenants.js';

export interface Database {
  /** What is done for a tenant: shows the current tenant's rows alone. */
  readonly dataSource: DataSource;
  /** What workers do to runs and figures of all tenants, and no more. */
  readonly workerSource: DataSource;
}

/** The configured database, or the embedded one, started here: migrated and connected. */
export async function openDatabase(
  config: Config,
  logger: Logger,
  closing: ClosingStack,
): Promise<Database & { readonly url: string }> {
  const url = config.databaseUrl ?? (await startEmbedded(config, logger, closing));
  await migrateDatabase(url, logger);
  const database = await connectDatabase(url, logger);
  closing.push('database', async () => {
    await Promise.all([database.dataSource.destroy(), database.workerSource.destroy()]);
  });
  return { ...database, url };
}

const WORKER_POOL_SIZE = 2;

/** Connects to a migrated database, as the roles that row-level security binds. */
export async function connectDatabase(
  url: string,
  logger: Logger,
  poolSize = 2 * availableParallelism(),
): Promise<Database> {
  const shared = { url, entities, migrations: [], logger };
  const dataSource = createDataSource({ ...shared, poolSize, role: 'triaged_app' });
  const workerSource = createDataSource({ ...shared, poolSize: WORKER_POOL_SIZE, role: 'triaged_worker' });
  const sources = [dataSource, workerSource];
  try {
    const opening = sources.map((source) => source.initialize().then(requireBound));
    await Promise.allSettled(opening);
    await Promise.all(opening);
  } catch (error) {
    await Promise.all(sources.filter(({ isInitialized }) => isInitialized).map((source) => source.destroy()));
    throw error;
  }
  return { dataSource, workerSource };
}

async function requireBound(source: DataSource): Promise<void> {
  const [role] = await source.query<[{ name: string; bypasses: boolean }]>(
    `SELECT rolname AS name, rolsuper OR rolbypassrls AS bypasses FROM pg_roles WHERE rolname = current_user`,
  );
  if (!role.bypasses) return;
  throw new StartupError(
    `The database's role ${role.name} passes by row-level security: ALTER ROLE ${role.name} NOSUPERUSER NOBYPASSRLS`,
  );
}

/** Any number, the same in every version: servers that start together migrate one after the other. */
const MIGRATION_LOCK = 7_412_330;

/**
 * As the role that has logged in, which owns what it makes. Throws a StartupError that says which right it lacks, or whose
 * tables it would have to own.
 */
export async function migrateDatabase(url: string, logger: Logger): Promise<void> {
  const owner = createDataSource({ url, entities: [], migrations, logger, poolSize: 2 });
  await owner.initialize();
  try {
    await migrate(owner);
  } catch (error) {
    if (!(error instanceof Error) || !isPrivilegeMissing(error)) throw error;
    throw new StartupError(`The database could not be migrated. ${error.message}`, { cause: error });
  } finally {
    await owner.destroy();
  }
}

async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await requireSight(dataSource);
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
