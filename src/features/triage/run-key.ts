import { isDatabaseUnavailable } from '../../kernel/database-errors.js';
import { TriagedError } from '../../kernel/errors.js';
import type { RunId } from '../../kernel/ids.js';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';

/** How long a key counts as known: what a lost tick costs at most. */
const KNOWN_MS = 1000;

/**
 * A run's key, in memory. Read anew for the first model call after a tick of the run, which its revocation gives, and once a
 * second: a read for each call would cost as much as all else that the gateway does.
 */
export class RunKey {
  #last: string | undefined;
  #knownUntil = Number.NEGATIVE_INFINITY;
  #isRevoked = false;
  #unsubscribe: (() => void) | undefined;
  /** Raised by each tick, so that a read that began before it is not taken for what stands after it. */
  #ticks = 0;

  constructor(
    private readonly read: () => Promise<string>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** One that hears the run's ticks until it is closed. */
  static async watch(bus: EventBus, runId: RunId, read: () => Promise<string>): Promise<RunKey> {
    const key = new RunKey(read);
    key.#unsubscribe = await bus.subscribe(topics.run(runId), () => key.tick());
    return key;
  }

  close(): void {
    this.#unsubscribe?.();
  }

  /** Something of the run has changed. */
  tick(): void {
    this.#ticks += 1;
    this.#knownUntil = Number.NEGATIVE_INFINITY;
  }

  /** Undefined when it was revoked, from then on for good. While the database is away, runs go on with what was read last. */
  async current(): Promise<string | undefined> {
    if (!this.#isRevoked && this.now() >= this.#knownUntil) await this.#readAnew();
    return this.#isRevoked ? undefined : this.#last;
  }

  async #readAnew(): Promise<void> {
    const [ticks, began] = [this.#ticks, this.now()];
    try {
      this.#last = await this.read();
      if (ticks === this.#ticks) this.#knownUntil = began + KNOWN_MS;
    } catch (error) {
      if (error instanceof TriagedError && error.code === 'CREDENTIAL_REVOKED') this.#isRevoked = true;
      else if (this.#last === undefined || !isDatabaseUnavailable(error)) throw error;
    }
  }
}
