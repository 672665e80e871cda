/** Whatever holds a handle: closed once, in reverse order of acquisition. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Collects releases as things are acquired and runs them in reverse. A release that fails or outlives the deadline is
 * reported and does not keep the others from running. Calling `close` twice waits for the first call.
 */
export class ClosingStack implements Closable {
  readonly #releases: { name: string; release: () => Promise<void> | void }[] = [];
  #closing: Promise<void> | undefined;

  constructor(
    private readonly report: (name: string, error: unknown) => void,
    private readonly deadlineMs = 10_000,
  ) {}

  push(name: string, release: () => Promise<void> | void): void {
    this.#releases.push({ name, release });
  }

  close(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    for (let next = this.#releases.pop(); next; next = this.#releases.pop()) {
      const { name, release } = next;
      const timer = Promise.withResolvers<never>();
      const handle = setTimeout(
        () => timer.reject(new Error(`not closed within ${this.deadlineMs} ms`)),
        this.deadlineMs,
      );
      try {
        await Promise.race([Promise.resolve().then(release), timer.promise]);
      } catch (error) {
        this.report(name, error);
      } finally {
        clearTimeout(handle);
      }
    }
  }
}
