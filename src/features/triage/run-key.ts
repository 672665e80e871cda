import { isDatabaseUnavailable } from '../../kernel/database-errors.js';
import { TriagedError } from '../../kernel/errors.js';

/** A run's key, in memory. Read anew for each model call, because a revoked key serves none from then on. */
export class RunKey {
  #last: string | undefined;

  constructor(private readonly read: () => Promise<string>) {}

  /** Undefined when it was revoked. While the database is away, runs go on with what was read last. */
  async current(): Promise<string | undefined> {
    try {
      this.#last = await this.read();
    } catch (error) {
      const isRevoked = error instanceof TriagedError && error.code === 'CREDENTIAL_REVOKED';
      if (isRevoked) this.#last = undefined;
      else if (this.#last === undefined || !isDatabaseUnavailable(error)) throw error;
    }
    return this.#last;
  }
}
