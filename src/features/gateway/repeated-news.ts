/** Of one kind of news, after it was said. */
interface Said {
  readonly until: number;
  leftOut: number;
}

export interface RepeatedNewsOptions {
  /** A minute unless told. */
  readonly everyMs?: number;
}

const MINUTE_MS = 60_000;

/**
 * News that an agent can bring about as often as it likes, and so fill the log: each kind of it is told once a minute, with
 * how many were left out since it was told last.
 */
export class RepeatedNews {
  readonly #said = new Map<string, Said>();
  readonly #everyMs: number;
  #cleanAt = 0;

  constructor({ everyMs = MINUTE_MS }: RepeatedNewsOptions = {}) {
    this.#everyMs = everyMs;
  }

  /** Calls `tell` when the kind is due, with how many were left out before. */
  tell(kind: string, tell: (leftOut: number) => void): void {
    const now = performance.now();
    this.#forget(now);
    const said = this.#said.get(kind);
    if (said && said.until > now) {
      said.leftOut += 1;
      return;
    }
    this.#said.set(kind, { until: now + this.#everyMs, leftOut: 0 });
    tell(said?.leftOut ?? 0);
  }

  /** What was not brought again for two intervals; how many were left out of it is then told no more. */
  #forget(now: number): void {
    if (now < this.#cleanAt) return;
    this.#cleanAt = now + this.#everyMs;
    for (const [kind, { until }] of this.#said) if (until + this.#everyMs <= now) this.#said.delete(kind);
  }
}
