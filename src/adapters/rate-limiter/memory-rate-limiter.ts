import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimit, RateLimitDecision, RateLimiter } from '../../ports/rate-limiter.js';
import { decide, LimiterCache } from './decide.js';

/** Counts in this process alone: for one server. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #limiters = new LimiterCache(
    ({ limit, windowSeconds }, name) =>
      new RateLimiterMemory({ points: limit, duration: windowSeconds, keyPrefix: name }),
  );

  consume(key: string, points: number, limit: RateLimit): Promise<RateLimitDecision> {
    return decide(this.#limiters.get(limit), key, points, limit);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
