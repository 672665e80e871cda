import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { RedisRateLimiter } from '../../src/adapters/rate-limiter/index.js';

const INTERVAL_MS = 20;

/** Checks a quota on the server's own Redis, beside the load, until told to stop; gives the milliseconds of each check. */
export function checkLimitBeside(url: string): { stop(): Promise<number[]> } {
  const limiter = new RedisRateLimiter({ url, logger: pino({ level: 'silent' }) });
  const latencies: number[] = [];
  const stopped = new AbortController();
  const checking = (async () => {
    await delay(500); // to connect
    while (!stopped.signal.aborted) {
      const began = performance.now();
      await limiter.consume('bench', 1, { limit: 1_000_000, windowSeconds: 60 });
      latencies.push(performance.now() - began);
      await delay(INTERVAL_MS);
    }
  })();
  checking.catch(() => undefined); // told by stop()
  return {
    stop: async () => {
      stopped.abort();
      await checking.finally(() => limiter.close());
      return latencies;
    },
  };
}
