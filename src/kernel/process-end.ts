import type { Logger } from 'pino';

export interface ProcessEndOptions {
  readonly logger: Logger;
  /** From the first signal on. */
  readonly timeoutMs: number;
  /** Closes what was begun, also while it still starts. Rejects when something did not close in order. */
  readonly close: () => Promise<void>;
}

/** What may stay open after everything was closed, until the process is told to end all the same. */
const LEFT_OPEN_MS = 2_000;

/**
 * On SIGTERM or SIGINT closes once, and lets the process end by itself: with 0 when all was closed in order, else with 1.
 * What is not over at the deadline, or stays open after it was closed, is named in the log and ends the process with 1. A
 * second signal ends it at once, with 1.
 */
export function endOnSignals({ logger, timeoutMs, close }: ProcessEndOptions): void {
  let told = false;
  const endAfter = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => {
      logger.fatal({ open: process.getActiveResourcesInfo() }, what);
      process.exit(1);
    }, ms).unref();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (told) {
      logger.warn({ signal }, 'told twice: ending at once');
      process.exit(1);
    }
    told = true;
    logger.info({ signal }, 'closing; runs go on where their runtime outlives this process');
    const deadline = endAfter(timeoutMs, `not closed within ${timeoutMs / 1000} s: ending at once`);
    close()
      .then(
        () => logger.info('closed'),
        (error: unknown) => {
          process.exitCode = 1;
          logger.fatal({ err: error }, 'not closed in order');
        },
      )
      .finally(() => {
        clearTimeout(deadline);
        endAfter(LEFT_OPEN_MS, 'closed, and something was left open that keeps the process: ending at once');
      });
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
