import { LogFull, StaleFence } from '../run-log/index.js';
import type { RunLogWriter } from '../run-log/index.js';

/** The same log, whose owner is told when it is full or has a later owner. */
export function watchedLog(log: RunLogWriter, owner: { full(): void; stale(): void }): RunLogWriter {
  return {
    get size() {
      return log.size;
    },
    async append(offset, bytes) {
      try {
        return await log.append(offset, bytes);
      } catch (error) {
        if (error instanceof LogFull) owner.full();
        if (error instanceof StaleFence) owner.stale();
        throw error;
      }
    },
    close: () => log.close(),
  };
}
