import type { Closable } from './closing.js';

export interface LoopOptions {
  readonly everyMs: number;
  readonly work: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Repeats its work, never twice at once: at an interval, and at once when woken. The first turn comes with `start`. */
export class Loop implements Closable {
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(private readonly options: LoopOptions) {}

  start(): void {
    this.#timer = setInterval(() => this.wake(), this.options.everyMs);
    this.wake();
  }

  /** While the work is under way, one more turn follows. */
  wake(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#turn ??= this.#run().finally(() => (this.#turn = undefined));
  }

  /** Waits for the turn under way. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#turn;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      await this.options.work().catch(this.options.onError);
    }
  }
}
