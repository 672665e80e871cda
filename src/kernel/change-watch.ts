export interface ChangeWatchOptions<T> {
  /** Ticks are best effort: they say that something may have changed. Resolves once they are heard, with how to stop. */
  readonly subscribe: (listener: () => void) => Promise<() => void>;
  readonly read: () => Promise<T>;
  /** Equal for values that are not worth telling apart. */
  readonly versionOf: (value: T) => string;
  /** True for a value that no other follows; none unless told. */
  readonly isLast?: (value: T) => boolean;
  /** This often the watch looks by itself. */
  readonly lookMs: number;
  /** At least so long from one value to the next; 0 unless told. */
  readonly intervalMs?: number;
}

/**
 * Yields a value as it stands, then each change of it, and ends after the last. What changes faster than the consumer asks,
 * or than is told, is yielded once. `return()` wakes a parked `next()`.
 */
export class ChangeWatch<T> implements AsyncIterableIterator<T> {
  #seen: string | undefined;
  #isOver = false;
  #closed = false;
  #ticked = false;
  #wake: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;
  #subscribed: Promise<void> | undefined;
  #yieldedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: ChangeWatchOptions<T>) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T>> {
    try {
      await (this.#subscribed ??= this.#subscribe());
      await this.#pause(this.#yieldedAt + (this.options.intervalMs ?? 0) - performance.now());
      while (!this.#isClosed() && !this.#isOver) {
        this.#ticked = false;
        const value = await this.options.read();
        if (this.#isClosed()) break;
        const version = this.options.versionOf(value);
        this.#isOver = this.options.isLast?.(value) ?? false;
        if (version !== this.#seen) {
          this.#seen = version;
          this.#yieldedAt = performance.now();
          return { done: false, value };
        }
        if (!this.#isOver) await this.#pause(this.options.lookMs, { orTick: true });
      }
      this.#close();
      return { done: true, value: undefined };
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  return(): Promise<IteratorResult<T>> {
    this.#close();
    return Promise.resolve({ done: true, value: undefined });
  }

  async #subscribe(): Promise<void> {
    this.#unsubscribe = await this.options.subscribe(() => {
      this.#ticked = true;
      this.#wake?.();
    });
    if (this.#closed) this.#unsubscribe();
  }

  async #pause(milliseconds: number, { orTick = false } = {}): Promise<void> {
    if (this.#closed || milliseconds <= 0 || (orTick && this.#ticked)) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    this.#wake = () => {
      if (orTick || this.#closed) resolve(undefined);
    };
    await promise;
    this.#wake = undefined;
    clearTimeout(timer);
  }

  /** A call, because it may have changed since it was last looked at. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #close(): void {
    this.#closed = true;
    this.#unsubscribe?.();
    this.#wake?.();
  }
}
