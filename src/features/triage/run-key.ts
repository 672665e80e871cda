import { TriagedError } from '../../kernel/errors.js';
import type { RunId } from '../../kernel/ids.js';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import { FreshValue } from './fresh-value.js';

/** A run's key, in memory; its revocation gives a tick of the run. */
export class RunKey {
  readonly #key: FreshValue<string>;
  #isRevoked = false;

  constructor(read: () => Promise<string>, now?: () => number) {
    this.#key = new FreshValue(read, now);
  }

  /** One that hears the run's ticks until it is closed. */
  static async watch(bus: EventBus, runId: RunId, read: () => Promise<string>): Promise<RunKey> {
    const key = new RunKey(read);
    await key.#key.listen(bus, topics.run(runId));
    return key;
  }

  close(): void {
    this.#key.close();
  }

  /** Something of the run has changed. */
  tick(): void {
    this.#key.tick();
  }

  /** Undefined when it was revoked, from then on for good. While the database is away, runs go on with what was read last. */
  async current(): Promise<string | undefined> {
    if (this.#isRevoked) return undefined;
    try {
      const key = await this.#key.current();
      // Another call may have seen the revocation while this one read.
      return this.#revoked() ? undefined : key;
    } catch (error) {
      if (!(error instanceof TriagedError && error.code === 'CREDENTIAL_REVOKED')) throw error;
      this.#isRevoked = true;
      return undefined;
    }
  }

  #revoked(): boolean {
    return this.#isRevoked;
  }
}
