import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import { hasEnded } from './run-state.js';
import type { TriageRunEntity } from './triage-run.entity.js';

export interface RunWatchOptions {
  readonly runId: string;
  readonly bus: EventBus;
  readonly read: () => Promise<TriageRunEntity>;
  /** Ticks are best effort: this often the watch looks by itself. */
  readonly lookMs?: number;
}

const LOOK_MS = 1_000;

const versionOf = (run: TriageRunEntity): string =>
  JSON.stringify([
    run.state,
    run.startedAt,
    run.endedAt,
    run.cancelRequestedAt,
    run.requestCount,
    run.errorCount,
    run.outputTokens,
  ]);

/**
 * Yields the run as it stands, then each change of it, and ends after its end. What changes faster than the consumer asks
 * is yielded once. `return()` wakes a parked `next()`.
 */
export class RunWatch implements AsyncIterableIterator<TriageRunEntity> {
  #seen: string | undefined;
  #closed = false;
  #ticked = false;
  #wake: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;
  #subscribed: Promise<void> | undefined;

  constructor(private readonly options: RunWatchOptions) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<TriageRunEntity>> {
    try {
      await (this.#subscribed ??= this.#subscribe());
      while (!this.#closed) {
        this.#ticked = false;
        const run = await this.options.read();
        if (this.#isClosed()) break;
        if (versionOf(run) !== this.#seen) {
          this.#seen = versionOf(run);
          return { done: false, value: run };
        }
        if (hasEnded(run.state)) this.#close();
        else await this.#moved();
      }
      return { done: true, value: undefined };
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  return(): Promise<IteratorResult<TriageRunEntity>> {
    this.#close();
    return Promise.resolve({ done: true, value: undefined });
  }

  async #subscribe(): Promise<void> {
    this.#unsubscribe = await this.options.bus.subscribe(topics.run(this.options.runId), () => {
      this.#ticked = true;
      this.#wake?.();
    });
    if (this.#closed) this.#unsubscribe();
  }

  async #moved(): Promise<void> {
    if (this.#ticked || this.#closed) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), this.options.lookMs ?? LOOK_MS);
    this.#wake = () => resolve(undefined);
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
