import { LogFull, StaleFence } from '../run-log/index.js';
import type { RunLogWriter } from '../run-log/index.js';

/** The same log, whose owner is told when it has grown, is full or has a later owner. */
export function watchedLog(log: RunLogWriter, owner: { grown(): void; full(): void; stale(): void }): RunLogWriter {
  return {
    get size() {
      return log.size;
    },
    async append(offset, bytes) {
      try {
        const size = await log.append(offset, bytes);
        owner.grown();
        return size;
      } catch (error) {
        if (error instanceof LogFull) owner.full();
        if (error instanceof StaleFence) owner.stale();
        throw error;
      }
    },
    close: () => log.close(),
  };
}
