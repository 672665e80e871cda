import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from '../../kernel/database-errors.js';

const RETRY_MS = 1_000;

/** Repeats while the database is away, until the signal is aborted: then it rejects with the signal's reason. */
export async function persist<T>(write: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await write();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      // A rejection of the wait's own says nothing of the reason.
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
