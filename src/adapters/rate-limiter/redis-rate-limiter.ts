import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { TriagedError } from '../../kernel/errors.js';
import type { RateLimit, RateLimitDecision, RateLimiter } from '../../ports/rate-limiter.js';
import { decide, LimiterCache } from './decide.js';

/** Below the second within which a guarded operation is refused when Redis does not answer. */
const ANSWER_MS = 800;

/**
 * Counts in Redis for all servers, by one atomic script. Fails closed: there is no insurance limiter, and no queue of
 * commands that waits for Redis to come back. What is over its limit is refused from memory until the window ends.
 */
export class RedisRateLimiter implements RateLimiter {
  readonly #client: Redis;
  readonly #limiters: LimiterCache<RateLimiterRedis>;

  constructor({ url, logger }: { readonly url: string; readonly logger: Logger }) {
    this.#client = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: ANSWER_MS,
      connectTimeout: 5000,
      // A connection that swallowed a command without an answer is replaced.
      socketTimeout: 5000,
      retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
    });
    this.#client.on('error', (error: Error) =>
      logger.warn({ err: error }, 'the rate limiter has no connection to Redis'),
    );
    this.#limiters = new LimiterCache(
      ({ limit, windowSeconds }, name) =>
        new RateLimiterRedis({
          storeClient: this.#client,
          rejectIfRedisNotReady: true,
          keyPrefix: `triaged:limit:${name}`,
          points: limit,
          duration: windowSeconds,
          inMemoryBlockOnConsumed: limit,
        }),
    );
  }

  async consume(key: string, points: number, limit: RateLimit): Promise<RateLimitDecision> {
    try {
      return await decide(this.#limiters.get(limit), key, points, limit);
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  /** Rejects with SERVICE_UNAVAILABLE when Redis does not answer. */
  async ping(): Promise<void> {
    await this.#client.ping().catch((cause: unknown) => Promise.reject(unavailable(cause)));
  }

  close(): Promise<void> {
    this.#client.disconnect();
    return Promise.resolve();
  }
}

const unavailable = (cause: unknown): TriagedError =>
  new TriagedError(
    'SERVICE_UNAVAILABLE',
    'The rate limiter does not answer, so nothing is let through. Try again shortly.',
    {},
    { cause },
  );
