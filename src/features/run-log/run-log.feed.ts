import { isDatabaseUnavailable } from '../../kernel/database-errors.js';
import type { RunId } from '../../kernel/ids.js';
import { topics, type EventBus } from '../../ports/event-bus.js';
import { CHUNK_BYTES, type RunLogExtent } from './run-log.chunks.js';
import type { RunLogReader } from './types.js';

/** What comes within this time of the last announcement is announced together, unless it fills a chunk. */
const BATCH_MS = 16;
/** Ticks that come faster are taken together. */
const LOOK_AGAIN_MS = 4;
/** Ticks are best effort: this often it looks by itself. */
const LOOK_MS = 500;

export interface RunLogFeedOptions {
  readonly store: Pick<RunLogReader, 'size'>;
  readonly bus: EventBus;
  readonly runId: RunId;
  /** True once nothing will be appended any more. */
  readonly hasEnded: () => Promise<boolean>;
  /** Told when nobody follows any more, or when it has failed: nobody may join it then. */
  readonly onOver: () => void;
}

/**
 * Watches one run's log for all who follow it: one subscription, one look at size and state, one clock for the batches.
 * After a silence the first bytes are announced at once.
 */
export class RunLogFeed {
  /** What has been announced. */
  extent: RunLogExtent = { size: 0, ended: false };
  readonly #waiting = new Set<() => void>();
  readonly #unsubscribe: (() => void)[] = [];
  #followers = 0;
  #isOver = false;
  #failure: Error | undefined;
  #started: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = true;
  #ticks = 0;
  #lookAtEnd = true;
  #isAsking = false;
  #hasEnded = false;
  #lookedAt = 0;
  #endLookedAt = 0;
  #announcedAt = 0;

  constructor(private readonly options: RunLogFeedOptions) {}

  /** Resolves when the extent is known. Each call needs one of `leave`. Rejects, like `wait`, when the log cannot be watched. */
  async join(): Promise<void> {
    this.#followers += 1;
    this.#started ??= this.#start();
    await this.#started;
    this.#throwFailure();
  }

  leave(): void {
    this.#followers -= 1;
    if (this.#followers === 0) this.#end();
  }

  /** Resolves with the next announcement, or when `wake` is called with the same function. */
  async wait(wakers: { wake: () => void }): Promise<void> {
    this.#throwFailure();
    const { promise, resolve } = Promise.withResolvers<void>();
    wakers.wake = () => {
      this.#waiting.delete(resolve);
      resolve();
    };
    this.#waiting.add(resolve);
    await promise;
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Subscribed before the first look: no growth can go by between the two. */
  async #start(): Promise<void> {
    const { bus, runId } = this.options;
    try {
      // At once: a bus that has lost its connection takes a second for each.
      const subscribed = [
        bus.subscribe(topics.runLog(runId), () => this.#heard(false)),
        bus.subscribe(topics.run(runId), () => this.#heard(true)),
      ];
      this.#unsubscribe.push(...(await Promise.all(subscribed)));
    } catch (error) {
      this.#fail(error);
    }
    if (this.#isOver) this.#release();
    else await this.#look();
  }

  #heard(alsoEnd: boolean): void {
    if (this.#isOver) return;
    this.#lookAtEnd ||= alsoEnd;
    this.#ticks += 1;
    if (!this.#isLooking) this.#lookAt(Math.min(this.#announcedAt + BATCH_MS, this.#lookedAt + LOOK_AGAIN_MS));
  }

  #lookAt(time: number): void {
    clearTimeout(this.#timer);
    const inMs = time - performance.now();
    if (inMs <= 0) void this.#look();
    else this.#timer = setTimeout(() => void this.#look(), inMs);
  }

  /** What is known of the end is looked at before the size: all that was appended before the end is then in the size. */
  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isLooking = true;
    const ticks = this.#ticks;
    this.#lookedAt = performance.now();
    this.#askForEnd();
    const ended = this.#hasEnded;
    try {
      const size = await this.options.store.size(this.options.runId);
      this.#isLooking = false;
      if (this.#isOver) return;
      const due = this.#announcedAt + BATCH_MS;
      const grown = size - this.extent.size;
      const isDue = ended || grown >= CHUNK_BYTES || performance.now() >= due;
      if (isDue && (grown > 0 || ended)) this.#announce({ size, ended });
      if (ended) this.#end();
      else if (this.#ticks !== ticks) this.#heard(false);
      else this.#lookAt(grown > 0 && !isDue ? due : this.#lookedAt + LOOK_MS);
    } catch (error) {
      this.#isLooking = false;
      // Where the log lies cannot be told for the moment: it has not ended for that.
      if (!isDatabaseUnavailable(error)) this.#fail(error);
      else if (!this.#isOver) this.#lookAt(this.#lookedAt + LOOK_MS);
    }
  }

  /** Not waited for: a database that hangs must not hold up the log. A yes is followed by a look. */
  #askForEnd(): void {
    if (this.#isAsking || !(this.#lookAtEnd || this.#lookedAt - this.#endLookedAt >= LOOK_MS)) return;
    this.#lookAtEnd = false;
    this.#isAsking = true;
    this.#endLookedAt = this.#lookedAt;
    const answered = (ended: boolean): void => {
      this.#isAsking = false;
      this.#hasEnded = ended;
      if (ended || this.#lookAtEnd) this.#heard(false);
    };
    this.options.hasEnded().then(answered, (error: unknown) => this.#fail(error));
  }

  #announce(extent: RunLogExtent): void {
    this.extent = extent;
    this.#announcedAt = performance.now();
    this.#wakeAll();
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#end();
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Nothing more will be announced; what was stays known to those who follow. */
  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#release();
    this.options.onOver();
  }

  #release(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
  }
}
