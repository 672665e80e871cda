import type { Redis } from 'ioredis';

/**
 * ioredis (5.11) counts `socketTimeout` from a command to the next data, and lets the timer run on when the connection
 * is lost in between: it would end the next connection, which has done nothing wrong.
 */
export function endSocketTimerWithItsConnection(client: Redis): void {
  client.on('close', () => {
    clearTimeout(Reflect.get(client, TIMER) as NodeJS.Timeout | undefined);
    Reflect.set(client, TIMER, undefined);
  });
}

const TIMER = 'socketTimeoutTimer';
