import { createClient } from 'graphql-ws';

const endpoint = new URL('/graphql', globalThis.location.href);
const socketUrl = `${endpoint.protocol === 'https:' ? 'wss:' : 'ws:'}//${endpoint.host}${endpoint.pathname}`;

/** What a closed socket has to say, as GraphiQL shows it. */
const explain = (error) =>
  error instanceof globalThis.CloseEvent
    ? new Error(`The socket was closed with ${error.code}: ${error.reason || 'no reason given'}`)
    : error;

const isSubscription = ({ operationName }, document) =>
  document?.definitions.some(
    (node) =>
      node.kind === 'OperationDefinition' &&
      node.operation === 'subscription' &&
      (!operationName || node.name?.value === operationName),
  ) ?? false;

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
    fetcher: (params, options) => (isSubscription(params, options?.documentAST) ? subscribe(params) : post(params)),
    dispose: () => sockets.dispose(),
  };
}
