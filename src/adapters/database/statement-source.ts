import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

export interface StatementSourceOptions {
  /**
   * Postgres keeps the plan of a statement that comes again: parsing and planning are half of what a list costs it. A
   * pooler between us has to know prepared statements.
   */
  readonly prepare: boolean;
}

/** So many texts are prepared on each connection; what comes after them is planned every time. */
const MAX_PREPARED = 256;

/** Runs single statements on the data source's own pool, past TypeORM: for reads that are asked for often. */
export class StatementSource {
  readonly #names = new Map<string, string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly options: StatementSourceOptions,
  ) {}

  /** The rows. Rejects as `DataSource.query` does, with node-postgres' own error. */
  async query(text: string, values: unknown[] = []): Promise<unknown[]> {
    const name = this.options.prepare ? this.#nameOf(text) : undefined;
    const { rows } = await this.#pool.query<Record<string, unknown>>({ text, values, ...(name && { name }) });
    return rows;
  }

  get #pool(): Pool {
    return (this.dataSource.driver as unknown as { readonly master: Pool }).master;
  }

  /** A connection takes one name for one text, so equal texts have equal names. */
  #nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MAX_PREPARED) return known;
    const name = `triaged_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    this.#names.set(text, name);
    return name;
  }
}
