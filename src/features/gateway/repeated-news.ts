/** Of one kind of news, after it was said. */
interface Said {
  readonly until: number;
  told: number;
  leftOut: number;
}

export interface RepeatedNewsOptions {
  /** A minute unless told. */
  readonly everyMs?: number;
  /** How many of a kind are told in that time; one unless told. */
  readonly most?: number;
}

const MINUTE_MS = 60_000;

/**
 * News that an agent can bring about as often as it likes, and so fill the log: each kind of it is told so often a minute,
 * with how many were left out in the last one in which it was told.
 */
export class RepeatedNews {
  readonly #said = new Map<string, Said>();
  readonly #everyMs: number;
  readonly #most: number;
  #cleanAt = 0;

  constructor({ everyMs = MINUTE_MS, most = 1 }: RepeatedNewsOptions = {}) {
    this.#everyMs = everyMs;
    this.#most = most;
  }

  /** Calls `tell` when the kind is due, with how many were left out before. */
  tell(kind: string, tell: (leftOut: number) => void): void {
    const now = performance.now();
    this.#forget(now);
    const said = this.#said.get(kind);
    if (!said || said.until <= now) {
      this.#said.set(kind, { until: now + this.#everyMs, told: 1, leftOut: 0 });
      tell(said?.leftOut ?? 0);
    } else if (said.told < this.#most) {
      said.told += 1;
      tell(0);
    } else {
      said.leftOut += 1;
    }
  }

  /** What was not brought again for two intervals; how many were left out of it is then told no more. */
  #forget(now: number): void {
    if (now < this.#cleanAt) return;
    this.#cleanAt = now + this.#everyMs;
    for (const [kind, { until }] of this.#said) if (until + this.#everyMs <= now) this.#said.delete(kind);
  }
}
