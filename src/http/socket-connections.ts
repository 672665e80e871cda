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

/** Twice this is how long a connection may be dead unnoticed. */
const PING_EVERY_MS = 12_000;
/** A client that does not answer a close frame is cut off. */
const CLOSE_GRACE_MS = 2_000;

/** Joins `ws` sockets to a graphql-ws server: messages, pings, back-pressure, an end without loose handles. */
export class SocketConnections {
  readonly #open = new Map<WebSocket, { readonly extra: SocketExtra; readonly ended: Promise<undefined> }>();

  constructor(
    private readonly server: Server<SocketExtra>,
    private readonly pingEveryMs = PING_EVERY_MS,
  ) {}

  open(extra: SocketExtra): void {
    const { socket } = extra;
    const ended = Promise.withResolvers<undefined>();
    this.#open.set(socket, { extra, ended: ended.promise });
    socket.on('error', (error) => extra.scope.logger.info({ reason: error.message }, 'socket failed'));
    const stopPings = keepAlive(extra, this.pingEveryMs);
    const closed = this.server.opened(
      {
        protocol: socket.protocol,
        send: (data) => extra.outlet.send(data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (listener) =>
          socket.on('message', (data) => {
            listener(textOf(data)).catch((error: unknown) => {
              // graphql-ws throws on a message that only a server may send.
              if (error instanceof Error && error.message.startsWith('Unexpected message')) {
                socket.close(CloseCode.BadRequest, error.message);
                return;
              }
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

  /** Resolves when every socket has closed and its subscriptions have returned; cuts off what outlives the grace, or does not answer. */
  async close(graceMs: number): Promise<void> {
    const ended = [...this.#open.values()].map((each) => each.ended);
    for (const socket of this.#open.keys()) socket.close(1001, 'The server is shutting down');
    const cut = setTimeout(
      () => {
        for (const socket of this.#open.keys()) socket.terminate();
      },
      Math.min(graceMs, CLOSE_GRACE_MS),
    );
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

/**
 * Cuts off a socket that gives no sign of life from one ping to the next. Signs are messages, pongs, and room in a send
 * buffer that was full: a slow reader's pong comes late, because the ping waits behind what it has not read yet.
 */
function keepAlive({ socket, outlet, scope }: SocketExtra, everyMs: number): () => void {
  let isAlive = true;
  const alive = (): void => {
    isAlive = true;
  };
  socket.on('pong', alive).on('ping', alive).on('message', alive);
  outlet.onRoom = alive;
  const timer = setInterval(() => {
    if (!isAlive) {
      scope.logger.info('socket gives no sign of life');
      socket.terminate();
    }
    isAlive = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, everyMs);
  return () => clearInterval(timer);
}
