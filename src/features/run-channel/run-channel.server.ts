import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { RunId } from '../../kernel/ids.js';
import { listenIn, makeChannelDirectory, removeChannelDirectory, runsWithDirectory } from './channel-directory.js';
import { ChannelRefusal } from './channel-refusal.js';
import { ChannelRoutes } from './channel-routes.js';
import { Tunnels } from './tunnels.js';
import type { RunChannel, RunChannelOptions } from './types.js';

/** A container may open that many connections at once: more would only take file descriptors from other runs. */
const MAX_CONNECTIONS = 128;
/**
 * One request on each connection, and what still comes to its end behind closed ones. HTTP lets a client send any number on
 * one connection without waiting, and Node begins them all.
 */
const MAX_REQUESTS = 2 * MAX_CONNECTIONS;
const HEADERS_TIMEOUT_MS = 30_000;
/** A whole request, e.g. all artifacts. */
const REQUEST_TIMEOUT_MS = 15 * 60_000;
const KEEP_ALIVE_MS = 60_000;
const SETTLE_MS = 5000;

export interface RunChannelServerOptions {
  /** Holds a directory for each run; its path must be short. Servers of one engine share it. */
  readonly directory: string;
  readonly logger: Logger;
  /** How long `close` waits for requests under way; 1 second by default. */
  readonly closeGraceMs?: number;
}

/** Serves the run channel of each run on a unix socket of its own. */
export class RunChannelServer {
  constructor(private readonly options: RunChannelServerOptions) {}

  /** Takes the place of a server that listened for this run before, dead or alive. */
  async open(options: RunChannelOptions): Promise<RunChannel> {
    const directory = await makeChannelDirectory(this.options.directory, options.runId);
    const channel = new OpenChannel(directory, options, this.options);
    await listenIn(directory, channel.server);
    return channel;
  }

  /** Removes the directories of those runs that have ended: `ended` names them among the runs that have one. */
  async removeEnded(ended: (among: readonly RunId[]) => Promise<readonly RunId[]>): Promise<void> {
    const { directory } = this.options;
    const found = await runsWithDirectory(directory);
    if (found.length === 0) return;
    for (const runId of await ended(found)) await removeChannelDirectory(directory, runId);
  }
}

class OpenChannel implements RunChannel {
  readonly server: Server;
  readonly #routes: ChannelRoutes;
  readonly #underWay = new Set<Promise<void>>();
  readonly #tunnels: Tunnels;
  #closing: Promise<void> | undefined;

  constructor(
    readonly directory: string,
    private readonly run: RunChannelOptions,
    private readonly options: RunChannelServerOptions,
  ) {
    this.#routes = new ChannelRoutes(run);
    this.#tunnels = new Tunnels((error) => this.#refusalOf(error));
    const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
    this.server = createServer({ ...timeouts, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      if (this.#underWay.size >= MAX_REQUESTS) {
        request.socket.destroy();
        return;
      }
      const answer = this.#answer(request, response).finally(() => this.#underWay.delete(answer));
      this.#underWay.add(answer);
    });
    this.server.maxConnections = MAX_CONNECTIONS;
    this.server.on('connect', (request, client: Socket, head: Buffer) => {
      const tunnel = this.#tunnels.make(client, head, (gone) => this.#routes.connect(request, gone));
      this.#underWay.add(tunnel);
      void tunnel.finally(() => this.#underWay.delete(tunnel));
    });
  }

  async close({ remove = false }: { readonly remove?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
    if (remove) await rm(this.directory, { recursive: true, force: true });
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    // They have no end of their own to wait for.
    this.#tunnels.cut();
    const timer = setTimeout(() => this.server.closeAllConnections(), this.options.closeGraceMs ?? 1000);
    await closed;
    clearTimeout(timer);
    // Connections are gone; what they began, such as an append, comes to its end before the log is closed.
    await Promise.race([Promise.allSettled(this.#underWay), delay(SETTLE_MS, undefined, { ref: false })]);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#closing) response.setHeader('connection', 'close');
    try {
      await this.#routes.answer(request, response);
    } catch (error) {
      this.#refuse(request, response, error);
    }
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    // The client went away in the middle, or an answer is already under way: nothing is left to be said.
    if (response.destroyed || response.headersSent) {
      response.destroy();
      return;
    }
    const refusal = this.#refusalOf(error);
    // A body that is not read to its end would be taken for the next request.
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(refusal.status, { 'content-type': 'application/json', ...refusal.headers });
    response.end(JSON.stringify({ message: refusal.message }));
  }

  #refusalOf(error: unknown): ChannelRefusal {
    if (error instanceof ChannelRefusal) return error;
    this.options.logger.error({ err: error, runId: this.run.runId }, 'run channel: a call failed');
    return new ChannelRefusal(500, 'The server failed; try again.');
  }
}
