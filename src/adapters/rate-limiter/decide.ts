import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RateLimit, RateLimitDecision } from '../../ports/rate-limiter.js';

/** Consumes points and puts the answer in our form. A refusal is an answer; any other rejection is passed on. */
export async function decide(
  limiter: RateLimiterAbstract,
  key: string,
  points: number,
  { limit }: RateLimit,
): Promise<RateLimitDecision> {
  const decision = (allowed: boolean, result: RateLimiterRes): RateLimitDecision => ({
    allowed,
    limit,
    remaining: Math.max(0, result.remainingPoints),
    resetAt: new Date(Date.now() + Math.max(0, result.msBeforeNext)),
  });
  try {
    return decision(true, await limiter.consume(key, points));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return decision(false, refusal);
    throw refusal;
  }
}

/** One limiter for each pair of limit and window, because rate-limiter-flexible fixes them when made. */
export class LimiterCache<T> {
  readonly #limiters = new Map<string, T>();

  constructor(private readonly make: (limit: RateLimit, name: string) => T) {}

  get(limit: RateLimit): T {
    const name = `${limit.limit}:${limit.windowSeconds}`;
    const limiter = this.#limiters.get(name) ?? this.make(limit, name);
    this.#limiters.set(name, limiter);
    return limiter;
  }
}
