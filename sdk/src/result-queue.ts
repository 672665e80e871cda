/** What a producer hands to one reader: results in their order, then an end or a failure. */
export class ResultQueue<T> {
  readonly #waiting: T[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake: () => void = () => undefined;

  /** Returns how many are not read yet. */
  push(result: T): number {
    if (this.#end) return 0;
    this.#waiting.push(result);
    this.#wake();
    return this.#waiting.length;
  }

  /** What was pushed before is still read. */
  end(): void {
    this.#end ??= {};
    this.#wake();
  }

  /** What was pushed before is still read, then the error thrown. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *read(): AsyncGenerator<T, void> {
    for (;;) {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) yield next;
      if (this.#end) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
