import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { TriagedError } from '../../kernel/errors.js';
import { connectRedis } from '../redis/connect-redis.js';

/** Below the second within which a guarded operation is refused when Redis does not answer. */
const ANSWER_MS = 800;
const RETRY_AFTER_SECONDS = 2;

/** A client that answers or fails within a second. */
export const openRedis = (url: string, logger: Logger): Redis =>
  connectRedis(url, (error) => logger.warn({ err: error }, 'the rate limiter has no connection to Redis'), {
    commandTimeout: ANSWER_MS,
  });

export const unavailable = (cause: unknown): TriagedError =>
  new TriagedError(
    'SERVICE_UNAVAILABLE',
    'The rate limiter does not answer, so nothing is let through. Try again shortly.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
    { cause },
  );
