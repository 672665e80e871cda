import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { TriagedError } from '../../kernel/errors.js';
import { endSocketTimerWithItsConnection } from '../redis/end-socket-timer.js';

/** Below the second within which a guarded operation is refused when Redis does not answer. */
const ANSWER_MS = 800;
const RETRY_AFTER_SECONDS = 2;

/** A client that answers or fails within a second: it neither queues commands nor repeats them. */
export function openRedis(url: string, logger: Logger): Redis {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWER_MS,
    connectTimeout: 5000,
    // A connection that swallowed a command without an answer is replaced.
    socketTimeout: 5000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
  });
  endSocketTimerWithItsConnection(client);
  client.on('error', (error: Error) => logger.warn({ err: error }, 'the rate limiter has no connection to Redis'));
  return client;
}

export const unavailable = (cause: unknown): TriagedError =>
  new TriagedError(
    'SERVICE_UNAVAILABLE',
    'The rate limiter does not answer, so nothing is let through. Try again shortly.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
    { cause },
  );
