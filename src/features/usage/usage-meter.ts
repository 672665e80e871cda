import type { Logger } from 'pino';
import type { Closable } from '../../kernel/closing.js';
import { topics, type EventBus } from '../../ports/event-bus.js';
import type { ModelCall } from './model-call.js';
import { UsageBatch } from './usage-batch.js';
import type { UsageStore } from './usage.store.js';

export interface UsageMeterDependencies {
  readonly store: Pick<UsageStore, 'write' | 'forgetOldBatches'>;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** 1 s unless told. */
  readonly flushIntervalMs?: number;
}

const HOUR_MS = 60 * 60 * 1000;

/**
 * Sums model calls in memory and writes the sums off the calls' path, every second and on demand.
 * INVARIANTS: one batch is under way at a time, with an unchanging content, until it is known to be written; calls
 * recorded meanwhile wait in the next one. What `close` could not write is logged and lost.
 */
export class UsageMeter implements Closable {
  #gathering = new UsageBatch();
  #underWay: UsageBatch | undefined;
  #flushing: Promise<void> | undefined;
  #lastForgottenAt = Number.NEGATIVE_INFINITY;
  #failing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly deps: UsageMeterDependencies) {
    this.#timer = setInterval(() => void this.#flushQuietly(), deps.flushIntervalMs ?? 1000).unref();
  }

  began(): void {
    // Nothing is written down before a call ends yet.
  }

  /** Never throws and never waits. */
  ended(call: ModelCall): void {
    this.#gathering.add(call);
  }

  limited(): void {
    // Refused calls are not counted yet.
  }

  /** Resolves once all that was recorded before is written; rejects, keeping it, when the database is away. */
  async flush(): Promise<void> {
    // A flush under way may have begun before the latest call was recorded: then another one follows it.
    if (this.#flushing) await this.#flushing;
    await this.#flushOnce();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  #flushOnce(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => (this.#flushing = undefined));
    return this.#flushing;
  }

  async #write(): Promise<void> {
    if (this.#underWay) await this.#writeUnderWay(this.#underWay);
    if (this.#gathering.isEmpty) return;
    const batch = this.#gathering;
    this.#gathering = new UsageBatch();
    await this.#writeUnderWay(batch);
  }

  async #writeUnderWay(batch: UsageBatch): Promise<void> {
    this.#underWay = batch;
    await this.deps.store.write(batch);
    this.#underWay = undefined;
    for (const { runId } of batch.runs()) this.deps.bus.publish(topics.run(runId));
  }

  /** Says once that the database is away, and once that it is back. */
  async #flushQuietly(): Promise<void> {
    try {
      await this.#flushOnce();
      if (this.#failing) this.deps.logger.info('usage figures are written again');
      this.#failing = false;
      await this.#forgetOldBatches();
    } catch (error) {
      if (!this.#failing) this.deps.logger.warn({ err: error }, 'usage figures could not be written; kept for later');
      this.#failing = true;
    }
  }

  async #forgetOldBatches(): Promise<void> {
    if (performance.now() - this.#lastForgottenAt < HOUR_MS) return;
    this.#lastForgottenAt = performance.now();
    await this.deps.store.forgetOldBatches();
  }
}
