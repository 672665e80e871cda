import { cacheExchange, Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { connection } from './connection.js';
import { createSocket } from './socket.js';

/** The way to the API with one key. */
export interface ApiClient {
  readonly urql: Client;
  close(): void;
}

/** A proxy before the server answers in its stead, in HTML or text, while that is away. */
const isOfTheServer = ({ headers }: Response): boolean => headers.get('content-type')?.includes('json') ?? false;

const observedFetch: typeof fetch = async (...request) => {
  try {
    const response = await fetch(...request);
    if (isOfTheServer(response)) connection.heard();
    else connection.lost();
    return response;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) connection.lost();
    throw error;
  }
};

/** Speaks to the server that this page came from. `onRefused` is called when it does not take the key (any more), until `close`. */
export function createApiClient(apiKey: string, onRefused: () => void): ApiClient {
  let isClosed = false;
  const refused = () => {
    if (!isClosed) onRefused();
  };
  const socket = createSocket(apiKey, refused);
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
          if (isUnauthenticated) refused();
        },
      }),
      cacheExchange,
      fetchExchange,
      subscriptionExchange({ forwardSubscription: socket.forward }),
    ],
  });
  return {
    urql,
    close: () => {
      isClosed = true;
      socket.close();
    },
  };
}
