/** How often it is looked for what is no longer needed, at most. */
const SWEEP_MS = 60_000;

/** A map whose values are dropped when they are no longer needed, so that it does not grow with whatever ever came by. */
export class SweptMap<K, V> {
  readonly #values = new Map<K, V>();
  #sweepAt = Number.NEGATIVE_INFINITY;

  /** `dropped` is told of each value that went. */
  constructor(
    private readonly isNeeded: (value: V) => boolean,
    private readonly dropped: (value: V) => void = () => undefined,
  ) {}

  get size(): number {
    return this.#values.size;
  }

  get(key: K): V | undefined {
    return this.#values.get(key);
  }

  /** Only an addition makes it larger, so only an addition sweeps. */
  getOrAdd(key: K, make: () => V): V {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    this.#sweep();
    const value = make();
    this.#values.set(key, value);
    return value;
  }

  clear(): void {
    for (const value of this.#values.values()) this.dropped(value);
    this.#values.clear();
  }

  #sweep(): void {
    const now = performance.now();
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + SWEEP_MS;
    for (const [key, value] of this.#values) {
      if (this.isNeeded(value)) continue;
      this.#values.delete(key);
      this.dropped(value);
    }
  }
}
