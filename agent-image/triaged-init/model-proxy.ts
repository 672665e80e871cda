import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { connectPatiently } from './channel-socket.js';
import { messageOf } from './diagnostics.js';
import { listenLocally } from './local-listener.js';
import { MODEL_PATH_PREFIX } from './protocol.js';

export const DEFAULT_MODEL_PORT = 8700;
const CONNECT_PATIENCE_MS = 20_000;
const RETRY_AFTER_SECONDS = '2';
/** Headers that belong to one connection (RFC 9110, 7.6.1), and those that Node writes itself. */
const HOP_BY_HOP = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade expect'.split(
    ' ',
  ),
);

export interface ModelProxy {
  /** e.g. `http://127.0.0.1:8700` */
  readonly url: string;
  close(): void;
}

export interface ModelProxyOptions {
  readonly socketPath: string;
  /** Taken when it is free, else any; 0 for any. */
  readonly port: number;
  readonly connectPatienceMs?: number;
}

/**
 * Takes the agent's model calls on 127.0.0.1 and passes them to the server, streaming both ways. Only the connection is
 * tried again: a call that may have reached the server is never repeated, because it may have been paid for.
 */
export async function startModelProxy(options: ModelProxyOptions): Promise<ModelProxy> {
  const server = createServer({ requestTimeout: 0 }, (request, response) => void forward(options, request, response));
  const port = await listenLocally(server, options.port).catch(() => listenLocally(server, 0));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

async function forward(options: ModelProxyOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.on('error', () => gone.abort());
  if (!request.url?.startsWith('/')) {
    refuse(response, 400, 'The request must name a path.');
    return;
  }
  let socket: Socket;
  try {
    const { socketPath, connectPatienceMs: patienceMs = CONNECT_PATIENCE_MS } = options;
    socket = await connectPatiently({ socketPath, patienceMs }, gone.signal);
  } catch (error) {
    refuse(response, 503, `The model gateway is away: ${messageOf(error)}.`);
    return;
  }
  const upstream = httpRequest({
    createConnection: () => socket,
    method: request.method,
    path: MODEL_PATH_PREFIX + request.url,
    headers: passedOn(request.headers),
  });
  // After a complete answer the call is over and ending it again does nothing.
  gone.signal.addEventListener('abort', () => upstream.destroy());
  upstream.on('error', (error) => refuse(response, 502, `The model gateway broke off: ${messageOf(error)}.`));
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
    response.flushHeaders();
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  request.on('error', () => upstream.destroy());
  request.pipe(upstream);
}

/** In a form that each provider's clients read: they all look for `error.message`. A stream that has begun can only be cut. */
function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const headers = { 'content-type': 'application/json', 'retry-after': RETRY_AFTER_SECONDS };
  // Anthropic's and OpenAI's name the type; Google's have the status as a number and as a word.
  const error = { type: 'api_error', message, code: status, status: 'UNAVAILABLE' };
  response.writeHead(status, headers).end(JSON.stringify({ type: 'error', error }));
}

function passedOn<V>(headers: NodeJS.Dict<V>): Record<string, V> {
  const named = new Set(
    String(headers.connection ?? '')
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name));
  return Object.fromEntries(kept) as Record<string, V>;
}
