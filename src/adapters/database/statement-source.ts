import type { Pool, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { ofDatabase } from '../../kernel/database-errors.js';

/** So many texts stay prepared on each connection; the one that was used longest ago makes room. */
const MAX_PREPARED = 256;

interface Slot {
  readonly index: number;
  /** New for each text that takes the slot. */
  readonly name: string;
}

/** node-postgres' own memory of what a connection has prepared, which it never shortens. */
interface ParsedBy {
  readonly connection: { readonly parsedStatements: Record<string, string> };
}

const ignore = (): void => undefined;

/**
 * Runs single statements on the data source's own pool, past TypeORM: for reads that are asked for often. Postgres keeps the
 * plan of a statement that comes again: parsing and planning are half of what a list costs it.
 */
export class StatementSource {
  readonly #slots = new Map<string, Slot>();
  /** What each connection has prepared, by slot. */
  readonly #prepared = new WeakMap<PoolClient, Map<number, string>>();
  /** Names are unique on a connection, whichever source uses it. */
  static #names = 0;

  constructor(private readonly dataSource: DataSource) {}

  /** The rows. Rejects as `DataSource.query` does, with node-postgres' own error. */
  async query(text: string, values: unknown[] = []): Promise<unknown[]> {
    const client = await this.#pool.connect();
    // The pool has stopped listening; the statement's own failure tells of a lost connection.
    client.on('error', ignore);
    let failure: Error | undefined;
    try {
      const { index, name } = this.#slotOf(text);
      this.#makeRoom(client, index, name);
      const { rows } = await client.query<Record<string, unknown>>({ name, text, values });
      return rows;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw ofDatabase(error);
    } finally {
      client.off('error', ignore);
      client.release(failure);
    }
  }

  get #pool(): Pool {
    return (this.dataSource.driver as unknown as { readonly master: Pool }).master;
  }

  #slotOf(text: string): Slot {
    const known = this.#slots.get(text);
    this.#slots.delete(text);
    const slot = known ?? { index: this.#freeIndex(), name: `triaged_${(StatementSource.#names += 1)}` };
    this.#slots.set(text, slot);
    return slot;
  }

  #freeIndex(): number {
    const [oldest] = this.#slots;
    if (!oldest || this.#slots.size < MAX_PREPARED) return this.#slots.size;
    this.#slots.delete(oldest[0]);
    return oldest[1].index;
  }

  /** Takes from the connection what had the slot before. It is sent ahead of the statement, and not waited for. */
  #makeRoom(client: PoolClient, index: number, name: string): void {
    const prepared = this.#prepared.get(client) ?? new Map<number, string>();
    this.#prepared.set(client, prepared);
    const before = prepared.get(index);
    if (before === name) return;
    prepared.set(index, name);
    // A statement that failed before it was prepared is not there to be taken away: the connection it failed on is gone too.
    if (before === undefined) return;
    Reflect.deleteProperty((client as unknown as ParsedBy).connection.parsedStatements, before);
    client.query(`DEALLOCATE ${before}`).catch(ignore);
  }
}
