import { createHash } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { TRIAGE_OUTPUT } from '../triage.js';
import { until } from '../until.js';

export interface LogFollowerOptions {
  readonly runId: string;
  /** Where the API is now: it moves when a server is started again. */
  readonly server: () => { readonly url: string; readonly apiKey: string };
  /** Stops reading after its first chunk, until `resume`. */
  readonly stalls?: boolean;
  /** Ends its connection after so many chunks, each time. */
  readonly dropAfterChunks?: () => number;
}

type Output = {
  readonly triageOutput: { readonly offset: number; readonly nextOffset: number; readonly data: string };
};

const RETRY_MS = 200;

/** A subscriber on a socket of its own that comes back at its offset whenever the socket is lost, until `finish`. */
export class LogFollower {
  readonly runId: string;
  /** Codes with which the server, or the network, closed its sockets. */
  readonly closeCodes: number[] = [];
  connections = 0;
  /** Chunks that did not begin where the last one had ended. */
  gaps = 0;
  #nextOffset = 0;
  #endOffset: number | undefined;
  #failure: unknown;
  readonly #hash = createHash('sha256');
  readonly #following: Promise<void>;
  readonly #stop = new AbortController();
  #socket: WebSocket | undefined;
  #stalls: boolean;

  constructor(private readonly options: LogFollowerOptions) {
    this.runId = options.runId;
    this.#stalls = options.stalls ?? false;
    this.#following = this.#follow();
  }

  get nextOffset(): number {
    return this.#nextOffset;
  }

  resume(): void {
    this.#stalls = false;
    this.#socket?.resume();
  }

  /** Resolves with the digest of what it read, once it has read so many bytes; rejects when it does not in time. */
  async finish(bytes: number, seconds = 60): Promise<{ readonly bytes: number; readonly sha256: string }> {
    this.#endOffset = bytes;
    this.resume();
    const timer = setTimeout(() => this.#stop.abort(), seconds * 1000);
    if (this.#nextOffset >= bytes) this.#stop.abort();
    await this.#following;
    clearTimeout(timer);
    if (this.#nextOffset < bytes)
      throw new Error(
        `a subscriber read ${this.#nextOffset} of ${bytes} bytes of ${this.runId}: ${String(this.#failure)}`,
      );
    return { bytes: this.#nextOffset, sha256: this.#hash.digest('hex') };
  }

  /** Resolves once it has read so far. */
  async reach(bytes: number, seconds: number): Promise<void> {
    await until(() => this.#nextOffset >= bytes, seconds * 1000);
  }

  async #follow(): Promise<void> {
    while (!this.#stop.signal.aborted && this.#nextOffset !== this.#endOffset) {
      await this.#connect().catch((error: unknown) => (this.#failure = error));
      await sleep(RETRY_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #connect(): Promise<void> {
    const { url, apiKey } = this.options.server();
    const client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { 'X-API-KEY': apiKey },
      retryAttempts: 0,
      on: {
        opened: (socket) => {
          this.#socket = socket as WebSocket;
          this.connections += 1;
        },
        closed: (event) => void this.closeCodes.push((event as { code: number }).code),
      },
    });
    const cut = (): void => this.#socket?.terminate();
    this.#stop.signal.addEventListener('abort', cut);
    try {
      await this.#read(client);
    } finally {
      this.#stop.signal.removeEventListener('abort', cut);
      await client.dispose();
    }
  }

  async #read(client: ReturnType<typeof createClient>): Promise<void> {
    const variables = { runId: this.runId, fromOffset: this.#nextOffset };
    let left = this.options.dropAfterChunks?.() ?? Infinity;
    for await (const { data, errors } of client.iterate<Output>({ query: TRIAGE_OUTPUT, variables })) {
      if (errors || !data) throw new Error(JSON.stringify(errors));
      const { offset, nextOffset, data: text } = data.triageOutput;
      const bytes = Buffer.from(text, 'base64');
      if (offset !== this.#nextOffset || bytes.length !== nextOffset - offset) this.gaps += 1;
      this.#hash.update(bytes);
      this.#nextOffset = nextOffset;
      if (nextOffset === this.#endOffset) return;
      if (this.#stalls) this.#socket?.pause();
      if ((left -= 1) <= 0) {
        this.#socket?.terminate();
        return;
      }
    }
  }
}
