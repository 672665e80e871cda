import { Redis, type RedisOptions } from 'ioredis';
import { endSocketTimerWithItsConnection } from './end-socket-timer.js';

/** A connection on which a command was sent and that says nothing for so long is replaced. */
export const SILENCE_MS = 5000;

/** A connection that neither queues commands nor repeats them, and is made anew when it is lost. */
export function connectRedis(url: string, onError: (error: Error) => void, options: RedisOptions = {}): Redis {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 5000,
    socketTimeout: SILENCE_MS,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
    ...options,
  });
  endSocketTimerWithItsConnection(client);
  client.on('error', onError);
  return client;
}
