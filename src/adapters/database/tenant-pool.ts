import type { PoolClient } from 'pg';
import { ofDatabase } from '../../kernel/database-errors.js';
import { currentTenant } from '../../kernel/tenant-scope.js';
import { DatabasePool } from './database-pool.js';
import type { OnConnection } from './database-pool.js';

const IDLE = 'I';
/** So many connections in a row may have come back amid a transaction: more than a pool has. */
const MAX_TRIES = 100;
const ignore = (): void => undefined;

/**
 * Hands out connections on which row-level security shows the rows of the current tenant alone, and none outside of every
 * tenant. The tenant is set by a statement of its own that has ended before the connection is handed over: a statement that
 * sets it and reads may read the rows of whoever had the connection before. A connection remembers its tenant, so that
 * taking it for the same one again costs nothing; one that cannot be set is thrown away.
 */
export class TenantPool extends DatabasePool {
  readonly #tenantOf = new WeakMap<PoolClient, string>();

  protected override lend(callback: OnConnection): void {
    this.#lend(callback, MAX_TRIES);
  }

  #lend(callback: OnConnection, tries: number): void {
    const tenant = currentTenant() ?? '';
    super.lend((error, client, release) => {
      if (error || !client) return callback(error, undefined, release);
      const refuse = (reason: Error): void => {
        release(reason);
        callback(ofDatabase(reason), undefined, ignore);
      };
      // The end of a transaction that was left open would bring back the tenant before it.
      if (client.getTransactionStatus() !== IDLE) {
        const reason = new Error('A connection came back amid a transaction.');
        if (tries === 1) return refuse(reason);
        release(reason);
        // Not the next borrower's fault: it gets another one.
        return this.#lend(callback, tries - 1);
      }
      if (this.#tenantOf.get(client) === tenant) return callback(undefined, client, release);
      this.#set(client, tenant, (failure) => (failure ? refuse(failure) : callback(undefined, client, release)));
    });
  }

  #set(client: PoolClient, tenant: string, done: (failure: Error | null) => void): void {
    this.#tenantOf.delete(client);
    // The pool has stopped listening, its borrower has not begun; the statement's own failure tells of a lost connection.
    client.on('error', ignore);
    const statement = { name: 'triaged_tenant', text: `SELECT set_config('triaged.tenant', $1, false)` };
    client.query({ ...statement, values: [tenant] }, (failure: Error | null) => {
      client.off('error', ignore);
      if (!failure) this.#tenantOf.set(client, tenant);
      done(failure);
    });
  }
}
