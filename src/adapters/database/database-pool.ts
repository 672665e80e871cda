import type { PoolClient } from 'pg';
import { ofDatabase } from '../../kernel/database-errors.js';
import { LivePool } from './live-pool.js';

export type Release = (error?: Error | boolean) => void;
export type OnConnection = (error: Error | undefined, client: PoolClient | undefined, release: Release) => void;

/** Says of each connection that could not be had that it was the database's: TypeORM passes its error on as it is. */
export class DatabasePool extends LivePool {
  override connect(): Promise<PoolClient>;
  override connect(callback: OnConnection): void;
  override connect(callback?: OnConnection): Promise<PoolClient> | void {
    if (callback) return this.lend(callback);
    return new Promise((resolve, reject) => {
      this.lend((error, client) => (client ? resolve(client) : reject(error!)));
    });
  }

  protected lend(callback: OnConnection): void {
    super.connect((error, client, release) => callback(ofDatabase(error), client, release));
  }
}
