import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { TriagedError } from '../../kernel/errors.js';
import type { Closable } from '../../kernel/closing.js';
import { bodyOf, PeerConnections, type PeerConnection } from './peer-connections.js';
import type { PeerTokens } from './peer-tokens.js';
import type { KnownServer } from './server.js';
import type { ServerDirectory } from './server-directory.js';

/** Until a server answers; then the next one is asked. */
const ANSWER_MS = 5_000;
const RETRY_MS = 250;

export interface PeerRequest {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait for a server of the group that answers: a restart takes some seconds. */
  readonly patienceMs: number;
  /** Of whoever waits. */
  readonly signal?: AbortSignal;
}

export interface PeersDependencies {
  readonly directory: Pick<ServerDirectory, 'ofGroup'>;
  readonly tokens: PeerTokens;
  readonly logger: Logger;
}

/** Asks servers of a group for what lies in their run folder. */
export class Peers implements Closable {
  readonly #connections = new PeerConnections();
  /** Those that did not answer are asked after the others. */
  readonly #failures = new Map<string, number>();

  constructor(private readonly deps: PeersDependencies) {}

  /** The whole answer, at most so many bytes. Rejects with SERVICE_UNAVAILABLE when no server gives one in time. */
  bytes(
    group: string,
    request: PeerRequest,
    maxBytes: number,
  ): Promise<{ readonly body: Buffer; readonly headers: IncomingHttpHeaders }> {
    return this.#ask(group, request, { apart: false }, async (answer) => {
      if (answer.statusCode !== 200) throw refusalOf(answer);
      return { body: await bodyOf(answer, maxBytes), headers: answer.headers };
    });
  }

  /**
   * An answer whose body the caller reads, or destroys. It may say that there is no such thing. It has a connection of its
   * own: clients that stop amid their downloads must not take those by which everybody's logs are read.
   */
  stream(group: string, request: PeerRequest): Promise<IncomingMessage> {
    return this.#ask(group, request, { apart: true }, async (answer) => {
      if (answer.statusCode! >= 500) throw refusalOf(answer);
      return answer;
    });
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  async #ask<T>(
    group: string,
    request: PeerRequest,
    connection: PeerConnection,
    take: (answer: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const deadline = performance.now() + request.patienceMs;
    let last: unknown;
    do {
      for (const server of await this.#candidates(group)) {
        request.signal?.throwIfAborted();
        try {
          return await this.#tryServer(server, request, connection, take);
        } catch (error) {
          request.signal?.throwIfAborted();
          last = error;
          this.#failures.set(server.id, performance.now());
          this.deps.logger.debug(
            { err: error, server: server.id },
            'a server did not give what lies in its run folder',
          );
        }
      }
      await delay(RETRY_MS, undefined, request.signal && { signal: request.signal });
    } while (performance.now() < deadline);
    throw new TriagedError(
      'SERVICE_UNAVAILABLE',
      'No server that has the files of this run answers. Try again when one is back.',
      { retryAfterSeconds: 5 },
      { cause: last },
    );
  }

  async #candidates(group: string): Promise<readonly KnownServer[]> {
    const failedAt = ({ id }: KnownServer): number => this.#failures.get(id) ?? 0;
    const live = await this.deps.directory.ofGroup(group);
    return live.toSorted((one, other) => failedAt(one) - failedAt(other));
  }

  async #tryServer<T>(
    server: KnownServer,
    request: PeerRequest,
    connection: PeerConnection,
    take: (answer: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(new Error('it did not answer in time')), ANSWER_MS);
    const signal = request.signal ? AbortSignal.any([request.signal, patience.signal]) : patience.signal;
    try {
      const url = new URL(`${server.url}${request.path}`);
      // Whose a run is, was looked at before; a path that is read as another one would be of a run that nobody looked at.
      if (!url.href.endsWith(request.path)) throw new Error('the path of a request leads elsewhere');
      for (const token of this.deps.tokens.all) {
        const headers = { ...request.headers, authorization: `Bearer ${token}` };
        const answer = await this.#connections.get(url, headers, signal, connection);
        if (answer.statusCode !== 401) return await take(answer);
        answer.destroy();
      }
      throw new Error('it has another master secret');
    } finally {
      clearTimeout(timer);
    }
  }
}

function refusalOf(answer: IncomingMessage): Error {
  answer.destroy();
  return new Error(`it answered ${answer.statusCode}`);
}
