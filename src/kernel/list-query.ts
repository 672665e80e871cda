import type { SqlSource } from './ownership.js';
import type { PageRequest } from './pager.js';

/** The conditions of a list and their values, over rows named `item`. */
export class SqlFilter {
  readonly #conditions: string[] = [];
  readonly #values: unknown[] = [];

  /** `condition` gets the placeholder of the value: `filter.add((id) => `item.id = ${id}`, id)`. */
  add(condition: (placeholder: string) => string, value: unknown): this {
    this.#values.push(value);
    this.#conditions.push(condition(`$${this.#values.length}`));
    return this;
  }

  get where(): string {
    return this.#conditions.join(' AND ');
  }

  get values(): unknown[] {
    return [...this.#values];
  }
}

export interface ListQuery {
  readonly table: string;
  /** Expressions over `item`; evaluated for the rows of the page alone, not for those that an offset leaves out. */
  readonly columns: readonly string[];
  readonly filter: SqlFilter;
}

/**
 * The rows of a page and one more if there is one, newest first, in one statement. The table has created_at, a unique id,
 * and an index that holds both: rows that an offset leaves out are counted in the index and never read.
 */
export async function queryPage<Row>(
  source: SqlSource,
  { table, columns, filter }: ListQuery,
  { limit, offset, after }: PageRequest,
): Promise<Row[]> {
  const values = filter.values;
  const placeholder = (value: unknown): string => `$${values.push(value)}`;
  const behind = after
    ? ` AND (item.created_at, item.id) < (${placeholder(after.createdAt)}, ${placeholder(after.id)})`
    : '';
  const page = (selected: string): string =>
    `(SELECT ${selected} FROM ${table} AS item WHERE ${filter.where}${behind}
      ORDER BY item.created_at DESC, item.id DESC
      LIMIT ${placeholder(limit + 1)} OFFSET ${placeholder(offset)})`;
  const rows = await source.query(
    `SELECT ${columns.join(', ')}
     FROM ${offset === 0 ? `${page('*')} AS item` : `${page('item.id')} AS page JOIN ${table} AS item ON item.id = page.id`}
     ORDER BY item.created_at DESC, item.id DESC`,
    values,
  );
  return rows as Row[];
}

/** How many rows pass the filter, wherever the page begins. */
export async function queryCount(source: SqlSource, { table, filter }: Omit<ListQuery, 'columns'>): Promise<number> {
  const sql = `SELECT count(*)::integer AS count FROM ${table} AS item WHERE ${filter.where}`;
  const rows = (await source.query(sql, filter.values)) as [{ count: number }];
  return rows[0].count;
}
