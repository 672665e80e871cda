import { createClient as createSocketClient } from 'graphql-ws';
import type { Client as SocketClient } from 'graphql-ws';
import { cacheExchange, Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { connection } from './connection.js';

/** Both ways to the API with one key. */
export interface ApiClient {
  readonly urql: Client;
  /** For streams that resume at their own place; it connects by itself, and again when it is cut. */
  readonly socket: SocketClient;
  close(): void;
}

const CLOSED_AS_UNAUTHORIZED = 4401;
const LONGEST_WAIT_MS = 10_000;

/** Doubles from half a second, with as much chance, so that a server that comes back is not met by all at once. */
const pause = (retries: number): Promise<void> => {
  const ms = Math.min(LONGEST_WAIT_MS, 500 * 2 ** retries) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => setTimeout(resolve, ms));
};

const isRefusal = (event: unknown): boolean => event instanceof CloseEvent && event.code === CLOSED_AS_UNAUTHORIZED;

const observedFetch: typeof fetch = async (...request) => {
  try {
    const response = await fetch(...request);
    connection.heard();
    return response;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) connection.lost();
    throw error;
  }
};

/** Speaks to the server that this page came from. `onRefused` is called when it does not take the key (any more). */
export function createApiClient(apiKey: string, onRefused: () => void): ApiClient {
  const socket = createSocketClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { 'X-API-KEY': apiKey },
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: pause,
    shouldRetry: () => true,
    on: {
      connected: () => connection.socket('connected'),
      message: () => connection.heard(),
      closed: (event) => {
        if (isRefusal(event)) onRefused();
        const isOurs = event instanceof CloseEvent && event.code === 1000;
        connection.socket(isOurs || isRefusal(event) ? 'closed' : 'lost');
      },
    },
  });
  const urql = new Client({
    url: '/graphql',
    fetch: observedFetch,
    fetchOptions: { headers: { 'x-api-key': apiKey }, credentials: 'omit', cache: 'no-store' },
    preferGetMethod: false,
    exchanges: [
      mapExchange({
        onError: (error) => {
          const isUnauthenticated = error.graphQLErrors.some(
            ({ extensions }) => extensions.error_code === 'UNAUTHENTICATED',
          );
          if (isUnauthenticated) onRefused();
        },
      }),
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: ({ next, error, complete }) => ({
            unsubscribe: socket.subscribe(
              { query: query ?? '', variables: variables ?? {} },
              { next: ({ data = null, errors = [] }) => next({ data, errors }), error, complete },
            ),
          }),
        }),
      }),
    ],
  });
  return { urql, socket, close: () => void socket.dispose() };
}
