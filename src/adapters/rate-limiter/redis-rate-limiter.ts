import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit, RateLimitDecision, RateLimiter } from '../../ports/rate-limiter.js';
import { openRedis, unavailable } from './redis-client.js';

/**
 * Takes ARGV[1] points in a window of ARGV[2] seconds that holds ARGV[3], all or none. rate-limiter-flexible takes an
 * answer above the limit for a refusal, and knows nothing else of it: `limit + 1 + used` says how many are used.
 */
const TAKE_ALL_OR_NONE = `
local points, limit = tonumber(ARGV[1]), tonumber(ARGV[3])
local left = redis.call('pttl', KEYS[1])
if left <= 0 then
  left = 1000 * tonumber(ARGV[2])
  if points > limit then return {limit + 1, left} end
  redis.call('set', KEYS[1], points, 'PX', left)
  return {points, left}
end
local used = tonumber(redis.call('get', KEYS[1]))
if used + points > limit then return {limit + 1 + used, left} end
return {redis.call('incrby', KEYS[1], points), left}
`;

/**
 * Counts in Redis for all servers, by one atomic script. Fails closed: there is no insurance limiter, and no queue of
 * commands that waits for Redis to come back. A key with nothing left is refused from memory until its window ends.
 */
export class RedisRateLimiter implements RateLimiter {
  readonly #client: Redis;
  /** One for each pair of limit and window, because rate-limiter-flexible fixes them when made. */
  readonly #limiters = new Map<string, RateLimiterRedis>();
  /** The refusals of keys with nothing left, at most one for each tenant and limit. */
  readonly #exhausted = new Map<string, RateLimitDecision>();

  constructor({ url, logger }: { readonly url: string; readonly logger: Logger }) {
    this.#client = openRedis(url, logger);
  }

  async consume(key: string, points: number, limit: RateLimit): Promise<RateLimitDecision> {
    const known = this.exhausted(key, limit);
    if (known) return known;
    try {
      return this.#noted(key, decision(true, limit, await this.#limiter(limit).consume(key, points)), limit);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw unavailable(refusal);
      return this.#noted(key, refused(limit, refusal), limit);
    }
  }

  async peek(key: string, limit: RateLimit): Promise<RateLimitDecision> {
    try {
      return decision(true, limit, (await this.#limiter(limit).get(key)) ?? notOpened(limit));
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  exhausted(key: string, limit: RateLimit): RateLimitDecision | undefined {
    const name = `${nameOf(limit)} ${key}`;
    const known = this.#exhausted.get(name);
    if (!known || known.resetAt.getTime() > Date.now()) return known;
    this.#exhausted.delete(name);
    return undefined;
  }

  /** Rejects with SERVICE_UNAVAILABLE when Redis does not answer. */
  async ping(): Promise<void> {
    await this.#client.ping().catch((cause: unknown) => Promise.reject(unavailable(cause)));
  }

  close(): Promise<void> {
    this.#client.disconnect();
    return Promise.resolve();
  }

  /** Remembers that nothing is left, whoever took it: points come back with the next window alone. */
  #noted(key: string, decided: RateLimitDecision, limit: RateLimit): RateLimitDecision {
    if (decided.remaining === 0) this.#exhausted.set(`${nameOf(limit)} ${key}`, { ...decided, allowed: false });
    return decided;
  }

  #limiter(rateLimit: RateLimit): RateLimiterRedis {
    const { limit, windowSeconds } = rateLimit;
    const name = nameOf(rateLimit);
    const known = this.#limiters.get(name);
    if (known) return known;
    const limiter = new RateLimiterRedis({
      storeClient: this.#client,
      rejectIfRedisNotReady: true,
      // A changed limit counts on in the window that is open.
      keyPrefix: `triaged:limit:${windowSeconds}`,
      points: limit,
      duration: windowSeconds,
      customIncrTtlLuaScript: TAKE_ALL_OR_NONE,
    });
    this.#limiters.set(name, limiter);
    return limiter;
  }
}

const nameOf = ({ limit, windowSeconds }: RateLimit): string => `${limit}:${windowSeconds}`;

const notOpened = ({ limit, windowSeconds }: RateLimit): RateLimiterRes =>
  new RateLimiterRes(limit, windowSeconds * 1000, 0, true);

const decision = (allowed: boolean, { limit }: RateLimit, result: RateLimiterRes): RateLimitDecision => ({
  allowed,
  limit,
  remaining: Math.max(0, result.remainingPoints),
  resetAt: new Date(Date.now() + Math.max(0, result.msBeforeNext)),
});

/** By what the script says is used; a limit may be lower now than what was. */
const refused = ({ limit }: RateLimit, { consumedPoints, msBeforeNext }: RateLimiterRes): RateLimitDecision => ({
  allowed: false,
  limit,
  remaining: Math.max(0, 2 * limit + 1 - consumedPoints),
  resetAt: new Date(Date.now() + Math.max(0, msBeforeNext)),
});
