import { failpoint } from '../../kernel/failpoints.js';
import { SealBroken } from './sealer.js';

/** One kind of sealed rows, of all tenants. `Row` says which one it is, for the operator. */
export interface SealedRows<Row extends object> {
  /** In the plural, for the operator. */
  readonly name: string;
  /** Those that are not sealed under the primary master secret, in one order, from behind a row; a part of them at a time. */
  next(after: Row | undefined): Promise<Row[]>;
  /** Which row it is; no secret. */
  placeOf(row: Row): Readonly<Record<string, unknown>>;
  /**
   * Seals the row anew and writes it in one statement, unless the row has changed since it was read: then false. `resealed` is
   * called before the writing. Throws SealBroken.
   */
  reseal(row: Row, resealed: () => void): Promise<boolean>;
}

export interface Resealed {
  readonly name: string;
  readonly resealed: number;
  readonly unreadable: readonly (Readonly<Record<string, unknown>> & { readonly reason: string })[];
}

/**
 * Brings every row under the primary master secret, while servers work on them. It may end at any point: each row is sealed
 * under the one or the other secret, never between, and the next call goes on. A row that was changed meanwhile, or came under
 * the other secret, is seen by the next look; the last look finds none but the unreadable.
 */
export async function resealAll<Row extends object>(rows: SealedRows<Row>): Promise<Resealed> {
  let resealed = 0;
  for (;;) {
    const unreadable: (Readonly<Record<string, unknown>> & { readonly reason: string })[] = [];
    let changed = 0;
    let after: Row | undefined;
    for (let part = await rows.next(after); part.length > 0; part = await rows.next(after)) {
      for (const row of part) {
        try {
          if (await rows.reseal(row, () => failpoint('master-rotation-resealed'))) resealed += 1;
          changed += 1;
          failpoint('master-rotation-written');
        } catch (error) {
          if (!(error instanceof SealBroken)) throw error;
          unreadable.push({ ...rows.placeOf(row), reason: error.message });
        }
      }
      after = part.at(-1);
    }
    failpoint('master-rotation-table-done');
    if (changed === 0) return { name: rows.name, resealed, unreadable };
  }
}
