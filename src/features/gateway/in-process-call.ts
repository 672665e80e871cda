import { createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { duplexPair } from 'node:stream';
import { credentialHeaders } from './provider-protocols.js';
import type { Gateway } from './gateway.js';
import type { GatewayCaller } from './types.js';

/** A call of the server's own; path and query are as the provider knows them. */
export interface InProcessCall {
  readonly path: string;
  /** Beside content type and credential. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  /** Ends the call, also at the provider. */
  readonly signal: AbortSignal;
}

/**
 * Sends a POST through the gateway as an agent would, over a connection within this process: whatever holds for an agent's
 * calls holds for it. Rejects when the signal is aborted or the gateway cuts the connection before an answer.
 */
export async function callInProcess(
  gateway: Pick<Gateway, 'handle'>,
  caller: Omit<GatewayCaller, 'agentKeys'>,
  { path, headers, body, signal }: InProcessCall,
): Promise<IncomingMessage> {
  const { provider, credential } = caller;
  const server = createServer((incoming, response) => {
    gateway
      .handle(incoming, response, { ...caller, agentKeys: [credential] })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  const [near, far] = duplexPair();
  server.emit('connection', far);
  const answer = Promise.withResolvers<IncomingMessage>();
  const sent = request({
    ...{ method: 'POST', path: `/${provider}${path}`, signal, createConnection: () => near },
    headers: { 'content-type': 'application/json', ...headers, ...credentialHeaders(provider, credential) },
  });
  sent.once('response', answer.resolve).on('error', answer.reject);
  sent.end(JSON.stringify(body));
  return answer.promise;
}
