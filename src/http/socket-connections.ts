import { CloseCode } from 'graphql-ws';
import type { Server } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { Actor } from '../kernel/actor.js';
import type { RequestScope } from './request-scope.js';
import type { SocketOutlet } from './socket-outlet.js';

/** What is known of one socket. */
export interface SocketExtra {
  readonly socket: WebSocket;
  readonly outlet: SocketOutlet;
  readonly apiKeyHeader: string | undefined;
  readonly clientAddress: string | undefined;
  /** Whose key the upgrade bore, if any: known before the socket says anything. */
  readonly announced: Actor | undefined;
  /** Aborted when the socket closes. */
  readonly gone: AbortSignal;
  /** How many are open on it; set once it has said whose it is. */
  operations?: () => number;
  /** Set once the socket is authenticated. */
  apiKey?: string;
  scope: RequestScope;
}

const PING_EVERY_MS = 12_000;
/** A client that does not answer a close frame is cut off. */
const CLOSE_GRACE_MS = 2_000;

/** Joins `ws` sockets to a graphql-ws server: messages, pings, back-pressure, an end without loose handles. */
export class SocketConnections {
  readonly #open = new Map<WebSocket, { readonly extra: SocketExtra; readonly ended: Promise<undefined> }>();

  constructor(private readonly server: Server<SocketExtra>) {}

  open(extra: SocketExtra): void {
    const { socket } = extra;
    const ended = Promise.withResolvers<undefined>();
    this.#open.set(socket, { extra, ended: ended.promise });
    socket.on('error', (error) => extra.scope.logger.info({ reason: error.message }, 'socket failed'));
    const stopPings = keepAlive(socket);
    const closed = this.server.opened(
      {
        protocol: socket.protocol,
        send: (data) => extra.outlet.send(data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (listener) =>
          socket.on('message', (data) => {
            listener(textOf(data)).catch((error: unknown) => {
              extra.scope.logger.error({ err: error }, 'socket message failed');
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          }),
      },
      extra,
    );
    socket.once('close', (code, reason) => {
      stopPings();
      extra.scope.logger.info({ code }, 'socket closed');
      closed(code, reason.toString())
        .catch((error: unknown) => extra.scope.logger.error({ err: error }, 'subscriptions did not end'))
        .finally(() => {
          this.#open.delete(socket);
          ended.resolve(undefined);
        });
    });
  }

  /** The sockets that are open now. */
  all(): SocketExtra[] {
    return [...this.#open.values()].map(({ extra }) => extra);
  }

  /** Resolves when every socket has closed and its subscriptions have returned; cuts off what outlives the grace. */
  async close(graceMs: number): Promise<void> {
    const ended = [...this.#open.values()].map((each) => each.ended);
    for (const socket of this.#open.keys()) socket.close(1001, 'The server is shutting down');
    const cut = setTimeout(() => {
      for (const socket of this.#open.keys()) socket.terminate();
    }, graceMs);
    await Promise.all(ended);
    clearTimeout(cut);
  }
}

/** Ends a socket and its subscriptions; nothing is sent on it from now on. */
export function endSocket({ socket }: SocketExtra, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString();

/** A socket whose other end is gone is noticed within two intervals. */
function keepAlive(socket: WebSocket): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) socket.terminate();
    answered = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, PING_EVERY_MS);
  return () => clearInterval(timer);
}
