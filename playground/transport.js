import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-ws';

const endpoint = new URL('/graphql', globalThis.location.href);
const socketUrl = `${endpoint.protocol === 'https:' ? 'wss:' : 'ws:'}//${endpoint.host}${endpoint.pathname}`;

/** What a closed socket has to say; no Error, because GraphiQL would show our stack. */
const explain = (error) =>
  error instanceof globalThis.CloseEvent
    ? { message: `The socket was closed with ${error.code}: ${error.reason || 'no reason given'}` }
    : error;

/** Looked up in the text itself: the document that GraphiQL passes along may lag behind the editor. */
function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false; // the server says what is wrong
  }
}

/** A fetcher for GraphiQL, and what ends its socket. */
export function createTransport(apiKey) {
  const sockets = createClient({ url: socketUrl, connectionParams: { 'X-API-KEY': apiKey }, retryAttempts: 0 });

  const post = async (params) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-api-key': apiKey };
    const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(params) });
    return response.json();
  };
  const subscribe = (params) => ({
    subscribe: ({ next, error, complete }) => ({
      unsubscribe: sockets.subscribe(params, { next, error: (cause) => error(explain(cause)), complete }),
    }),
  });

  return {
    fetcher: (params) => (isSubscription(params) ? subscribe(params) : post(params)),
    dispose: () => sockets.dispose(),
  };
}
