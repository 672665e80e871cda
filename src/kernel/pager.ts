import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { badUserInput } from './errors.js';
import { uuidOf, type TenantId } from './ids.js';

/** Where a row stands in a list that is ordered by (createdAt, id), newest first. */
export interface Position {
  readonly createdAt: Date;
  readonly id: string;
}

/** As the client wrote them. */
export interface PageArguments {
  readonly limit?: number | null | undefined;
  readonly offset?: number | null | undefined;
  readonly after?: string | null | undefined;
}

export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
  /** The page begins behind this row. */
  readonly after: Position | undefined;
}

export interface Page<T> {
  readonly items: T[];
  /** Given as `after`, it leads to the next page; null on the last one. */
  readonly nextCursor: string | null;
  /** Counted only when it was asked for. */
  readonly totalCount?: number;
}

export interface PagerOptions {
  /** Cursors are signed under a key derived from it. */
  readonly masterSecret: Buffer;
  /** DEFAULT_PAGE_LIMIT */
  readonly defaultLimit: number;
  /** MAX_PAGE_LIMIT */
  readonly maxLimit: number;
}

const POSITION_BYTES = 8 + 16;
const MAC_BYTES = 12;
/** Exactly so many base64url characters, so that each cursor has one form. */
const CURSOR = /^[\w-]{48}$/;

/**
 * Checks the arguments of list pages and makes their cursors. A cursor is opaque: time (8 bytes), id (16) and a MAC (12)
 * over them, the tenant and the list, in base64url; it is good for this list of this tenant alone.
 */
export class Pager {
  readonly #key: Buffer;

  constructor(private readonly options: PagerOptions) {
    this.#key = Buffer.from(hkdfSync('sha256', options.masterSecret, '', 'triaged list cursors', 32));
  }

  /** Throws BAD_USER_INPUT for a limit outside 1 to the maximum, a negative offset, a cursor that is not of this list. */
  read(list: string, tenantId: TenantId, { limit, offset, after }: PageArguments): PageRequest {
    const { defaultLimit, maxLimit } = this.options;
    const page = { limit: limit ?? defaultLimit, offset: offset ?? 0 };
    if (page.limit < 1 || page.limit > maxLimit) {
      throw badUserInput('limit', `limit must be from 1 to ${maxLimit}.`, { minimum: 1, maximum: maxLimit });
    }
    if (page.offset < 0) throw badUserInput('offset', 'offset must be 0 or more.', { minimum: 0 });
    if (after === undefined || after === null) return { ...page, after: undefined };
    if (page.offset > 0) throw badUserInput('offset', 'Give either offset or after, not both.');
    return { ...page, after: this.#position(list, tenantId, after) };
  }

  /**
   * Makes a page of the rows that were read; `limit + 1` are read, so that the last page is known as such. `totalCount` where
   * it was asked for.
   */
  page<T extends Position>(
    list: string,
    tenantId: TenantId,
    { limit }: PageRequest,
    rows: readonly T[],
    totalCount?: number,
  ): Page<T> {
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    const nextCursor = last ? this.#cursor(list, tenantId, last) : null;
    return { items, nextCursor, ...(totalCount !== undefined && { totalCount }) };
  }

  #cursor(list: string, tenantId: TenantId, { createdAt, id }: Position): string {
    const position = Buffer.alloc(POSITION_BYTES);
    position.writeBigInt64BE(BigInt(createdAt.getTime()));
    position.write(id.replaceAll('-', ''), 8, 'hex');
    return Buffer.concat([position, this.#mac(list, tenantId, position)]).toString('base64url');
  }

  #position(list: string, tenantId: TenantId, cursor: string): Position {
    const bytes = CURSOR.test(cursor) ? Buffer.from(cursor, 'base64url') : undefined;
    const position = bytes?.subarray(0, POSITION_BYTES);
    if (!bytes || !position || !timingSafeEqual(bytes.subarray(POSITION_BYTES), this.#mac(list, tenantId, position))) {
      throw badUserInput('after', 'after must be the nextCursor of a page of this list; start without it.');
    }
    const id = uuidOf(position.toString('hex', 8));
    return { createdAt: new Date(Number(position.readBigInt64BE())), id };
  }

  #mac(list: string, tenantId: TenantId, position: Buffer): Buffer {
    const mac = createHmac('sha256', this.#key)
      .update(JSON.stringify([list, tenantId]))
      .update(position);
    return mac.digest().subarray(0, MAC_BYTES);
  }
}
