/** What a producer hands to one reader: results in their order, then an end or a failure. */
export class ResultQueue<T> {
  readonly #waiting: T[] = [];
  #end: { readonly error?: unknown } | undefined;
  #wake: () => void = () => undefined;

  push(result: T): void {
    if (this.#end) return;
    this.#waiting.push(result);
    this.#wake();
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
