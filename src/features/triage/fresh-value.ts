import { isDatabaseUnavailable } from '../../kernel/database-errors.js';
import type { EventBus } from '../../ports/event-bus.js';

/** How long a value counts as known: what a lost tick costs at most. */
const KNOWN_MS = 1000;

/**
 * Something of a run that each of its model calls needs, in memory. Read anew for the first call after a tick, which a change
 * gives, and once a second: a read for each call would cost as much as all else that the gateway does.
 */
export class FreshValue<T> {
  #last: { readonly value: T } | undefined;
  #knownUntil = Number.NEGATIVE_INFINITY;
  #unsubscribe: (() => void) | undefined;
  /** Raised by each tick, so that a read that began before it is not taken for what stands after it. */
  #ticks = 0;

  constructor(
    private readonly read: () => Promise<T>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Hears the ticks of this topic until it is closed. */
  async listen(bus: EventBus, topic: string): Promise<this> {
    this.#unsubscribe = await bus.subscribe(topic, () => this.tick());
    return this;
  }

  close(): void {
    this.#unsubscribe?.();
  }

  /** Something has changed. */
  tick(): void {
    this.#ticks += 1;
    this.#knownUntil = Number.NEGATIVE_INFINITY;
  }

  /** While the database is away, what was read last. Rejects as the read does. */
  async current(): Promise<T> {
    if (!this.#last || this.now() >= this.#knownUntil) await this.#readAnew();
    return this.#last!.value;
  }

  async #readAnew(): Promise<void> {
    const [ticks, began] = [this.#ticks, this.now()];
    try {
      const value = await this.read();
      // A slow read does not take the place of one that has seen more.
      if (ticks === this.#ticks || !this.#last) this.#last = { value };
      if (ticks === this.#ticks) this.#knownUntil = began + KNOWN_MS;
    } catch (error) {
      if (!this.#last || !isDatabaseUnavailable(error)) throw error;
    }
  }
}
