import type { RunId } from '../../kernel/ids.js';
import type { RunKey, RunStore } from './run.store.js';

/** Enough for servers that are there to renew their leases, every 5 s, once the database answers again. */
const GRACE_MS = 60_000;

/**
 * Ends runs of other groups that nobody sees to any more. A lease also runs out because the database was away for all: so a
 * run is ended only when it was found forsaken at every look for a minute, and the looks of that minute came one after another.
 */
export class ForsakenRuns {
  #since = new Map<RunId, number>();
  #lookedAt = -Infinity;

  constructor(
    private readonly store: Pick<RunStore, 'forsaken' | 'endForsaken'>,
    private readonly graceMs = GRACE_MS,
  ) {}

  /** Looks; gives the runs that it has ended. */
  async end(): Promise<RunKey[]> {
    const found = await this.store.forsaken();
    const now = performance.now();
    const known = now - this.#lookedAt <= this.graceMs / 3 ? this.#since : new Map<RunId, number>();
    this.#lookedAt = now;
    this.#since = new Map(found.map((id) => [id, known.get(id) ?? now]));
    const due = found.filter((id) => now - this.#since.get(id)! >= this.graceMs);
    return due.length === 0 ? [] : this.store.endForsaken(due);
  }
}
