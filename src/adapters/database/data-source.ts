import type { ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import type { EntitySchema, MigrationInterface } from 'typeorm';
import type { Logger } from 'pino';
import { DatabasePool } from './database-pool.js';
import { TenantPool } from './tenant-pool.js';

/** The roles that row-level security binds; a migration makes them. */
export type DatabaseRole = 'triaged_app' | 'triaged_worker';

type EntityClass = new () => object;

export interface DataSourceOptions {
  readonly url: string;
  /** Classes, never globs. */
  readonly entities: readonly (EntityClass | EntitySchema)[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  readonly logger: Logger;
  /** About twice the cores: more connections make it slower. */
  readonly poolSize: number;
  /** What each connection works as; the role that has logged in when left out, which owns the tables. */
  readonly role?: DatabaseRole;
}

/**
 * The connection pool, not yet connected: call `initialize`, then `runMigrations`, and `destroy` at the end. A server that
 * does not answer is noticed within 5 s when connecting and 15 s on an open connection.
 */
export function createDataSource({ url, entities, migrations, logger, poolSize, role }: DataSourceOptions): DataSource {
  const asRole = role && { onConnect: (client: ClientBase) => client.query(`SET ROLE ${role}`) };
  return new DataSource({
    type: 'postgres',
    url,
    entities: [...entities],
    migrations: [...migrations],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    poolSize,
    connectTimeoutMS: 5_000,
    applicationName: 'triaged',
    poolErrorHandler: (error: unknown) => logger.warn({ err: error }, 'an idle connection to Postgres was lost'),
    // The server ends a statement before the pool takes the connection for dead.
    extra: {
      statement_timeout: 14_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      ...asRole,
    },
    driver: { Pool: role === 'triaged_app' ? TenantPool : DatabasePool },
  });
}
