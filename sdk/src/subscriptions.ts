import { createClient, type Client } from 'graphql-ws/client';
import { ConnectionLost, triagedError, UnexpectedAnswer, type WireError } from './errors.js';
import { ResultQueue } from './result-queue.js';
import { TriagedError } from './triaged-error.js';
import type { TypedDocument } from './typed-document.js';

/** A class like the global WebSocket. */
export type WebSocketConstructor = new (url: string, protocol: string) => object;

export interface SubscribeOptions {
  readonly signal?: AbortSignal | undefined;
  /** So many results may wait for a slow reader; more, and the subscription ends with FellBehind after them. No bound unless given. */
  readonly maxWaiting?: number | undefined;
}

/** A subscription was ended because its reader is slower than the server: open it again where the last result left off. */
export class FellBehind extends Error {
  override readonly name = 'FellBehind';
}

export interface SubscriptionsOptions {
  readonly endpoint: URL;
  readonly apiKey: string;
  readonly webSocket: WebSocketConstructor | undefined;
  /** Milliseconds until a socket that is not open, or does not answer a ping, counts as lost; so often one is sent. */
  readonly silenceMs: number;
}

/** Subscriptions, all over one socket (graphql-transport-ws) that is open while there is one. */
export class Subscriptions {
  readonly #client: Client;
  readonly #closed = new AbortController();
  /** Fails each subscription that was sent over the socket that is open. */
  readonly #failures = new Set<(error: Error) => void>();
  #connected = false;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor({ endpoint, apiKey, webSocket, silenceMs }: SubscriptionsOptions) {
    const expectSign = () => {
      clearTimeout(this.#silence);
      this.#silence = setTimeout(() => this.#client.terminate(), silenceMs);
    };
    const settle = (connected: boolean) => {
      this.#connected = connected;
      clearTimeout(this.#silence);
      this.#silence = undefined;
    };
    this.#client = createClient({
      url: endpoint.href.replace(/^http/, 'ws'),
      connectionParams: { 'X-API-KEY': apiKey },
      retryAttempts: 0,
      keepAlive: silenceMs,
      webSocketImpl: webSocket,
      on: {
        connecting: expectSign,
        connected: () => settle(true),
        closed: (event) => {
          settle(false);
          // After a close with 1000 graphql-ws would subscribe again, with the same variables.
          for (const fail of this.#failures) fail(meaningOf(event));
          this.#failures.clear();
        },
        error: () => settle(false),
        ping: (received) => received || expectSign(),
        pong: (received) => received && settle(true),
        // A pong may wait behind much output on a slow line.
        message: () => this.#connected && this.#silence !== undefined && expectSign(),
      },
    });
  }

  /** Aborted with `signal`, and by `close`. */
  until(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#closed.signal]) : this.#closed.signal;
  }

  /**
   * The results, until the server ends them. Throws TriagedError when the API refuses, ConnectionLost when the connection
   * broke, the signal's reason once it is aborted.
   */
  async *subscribe<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables: Variables,
    { signal, maxWaiting = Number.POSITIVE_INFINITY }: SubscribeOptions = {},
  ): AsyncGenerator<Result, void> {
    const stop = this.until(signal);
    stop.throwIfAborted();
    const results = new ResultQueue<{ data?: unknown; errors?: readonly WireError[] | undefined }>();
    const request = { query: document.toString(), variables: variables as Record<string, unknown> };
    const fail = (error: Error) => {
      results.fail(error);
      unsubscribe();
    };
    // It becomes JSON at the moment at which it is sent.
    const toJSON = () => {
      this.#failures.add(fail);
      return request;
    };
    const payload = { ...request, toJSON };
    const unsubscribe = this.#client.subscribe(payload, {
      next: (result) => {
        if (results.push(result) <= maxWaiting) return;
        fail(new FellBehind(`More than ${maxWaiting} results waited to be read.`));
      },
      error: (error) => results.fail(meaningOf(error)),
      complete: () => results.end(),
    });
    const onStop = () => results.fail(stop.reason);
    stop.addEventListener('abort', onStop);
    try {
      for await (const { data, errors } of results.read()) {
        if (errors?.[0]) throw triagedError(errors[0]);
        stop.throwIfAborted();
        yield data as Result;
      }
    } finally {
      stop.removeEventListener('abort', onStop);
      this.#failures.delete(fail);
      unsubscribe();
    }
  }

  /** Ends every subscription, and the socket with them. */
  close(): void {
    this.#closed.abort(new DOMException('The client was closed.', 'AbortError'));
    this.#client.dispose()?.catch(() => undefined);
    if (!this.#connected) this.#client.terminate();
  }
}

/** Of what graphql-ws rejects with: GraphQL errors, a close event, or whatever the socket gave. */
function meaningOf(error: unknown): Error {
  if (error instanceof TriagedError) return error;
  if (Array.isArray(error)) return triagedError((error as WireError[])[0] ?? {});
  const { code, reason } = (error ?? {}) as { readonly code?: unknown; readonly reason?: unknown };
  const message = typeof reason === 'string' && reason !== '' ? reason : 'The server closed the socket.';
  const refusal = typeof code === 'number' ? REFUSALS.get(code) : undefined;
  if (refusal) return triagedError({ message, extensions: { code: refusal } });
  if (code === 4406) return new UnexpectedAnswer('The server does not speak graphql-transport-ws: is the URL right?');
  return new ConnectionLost(
    typeof code === 'number' ? `The socket closed with ${code}.` : 'The socket could not be opened, or broke.',
    { cause: error },
  );
}

/** Codes with which the server closes because of what the client is or says: another try would end the same. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [1009, 'PAYLOAD_TOO_LARGE'],
  [4400, 'BAD_REQUEST'],
  [4401, 'UNAUTHENTICATED'],
]);
