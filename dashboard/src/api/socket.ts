import { createClient } from 'graphql-ws';
import type { SubscriptionForwarder } from 'urql';
import { connection } from './connection.js';

const CLOSED_AS_UNAUTHORIZED = 4401;
const LONGEST_WAIT_MS = 10_000;
/** A socket that is not open after so long, or does not answer a ping for so long, is lost. */
const SILENCE_MS = 10_000;

/** Doubles from half a second, with as much chance, so that a server that comes back is not met by all at once. */
const pause = (retries: number): Promise<void> => {
  const ms = Math.min(LONGEST_WAIT_MS, 500 * 2 ** retries) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => setTimeout(resolve, ms));
};

const isRefusal = (event: unknown): boolean => event instanceof CloseEvent && event.code === CLOSED_AS_UNAUTHORIZED;

/** Subscriptions, all over one socket that is open while there is one, and opened again when it is cut. */
export interface ApiSocket {
  readonly forward: SubscriptionForwarder;
  close(): void;
}

export function createSocket(apiKey: string, onRefused: () => void): ApiSocket {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const settle = () => {
    clearTimeout(silence);
    silence = undefined;
  };
  const expectSign = () => {
    clearTimeout(silence);
    silence = setTimeout(() => client.terminate(), SILENCE_MS);
  };
  const client = createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { 'X-API-KEY': apiKey },
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: pause,
    shouldRetry: () => true,
    keepAlive: SILENCE_MS,
    on: {
      connecting: expectSign,
      connected: () => {
        settle();
        connection.socket('connected');
      },
      ping: (received) => received || expectSign(),
      pong: (received) => received && settle(),
      message: () => {
        // A pong may wait behind much on a slow line.
        if (silence !== undefined) expectSign();
        connection.heard();
      },
      error: settle,
      closed: (event) => {
        settle();
        if (isRefusal(event)) onRefused();
        const isOurs = event instanceof CloseEvent && event.code === 1000;
        connection.socket(isOurs || isRefusal(event) ? 'closed' : 'lost');
      },
    },
  });
  return {
    forward: ({ query, variables }) => ({
      subscribe: ({ next, error, complete }) => {
        const leave = connection.follow();
        const unsubscribe = client.subscribe(
          { query: query ?? '', variables: variables ?? {} },
          {
            // An empty list of errors would be one to urql.
            next: ({ data = null, errors }) => next(errors ? { data, errors } : { data }),
            error: (fault) => {
              leave();
              error(fault);
            },
            complete: () => {
              leave();
              complete();
            },
          },
        );
        return {
          unsubscribe: () => {
            leave();
            unsubscribe();
          },
        };
      },
    }),
    close: () => void client.dispose()?.catch(() => undefined),
  };
}
