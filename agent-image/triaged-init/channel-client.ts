import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

const SILENCE_MS = 30_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface ChannelRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** A stream is sent chunked; when it fails, so does the call. */
  readonly body?: Buffer | Readable;
}

export interface ChannelAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The server did not take a call within the patience that the caller has. */
export class ChannelLost extends Error {
  override readonly name = 'ChannelLost';
}

/** Speaks to the server over the run's unix socket. A call is one attempt: it rejects when no whole answer came. */
export class ChannelClient {
  readonly #socketPath: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  #token: string | undefined;
  #closed = false;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  useToken(token: string): void {
    this.#token = token;
  }

  call({ method, path, body }: ChannelRequest): Promise<ChannelAnswer> {
    if (this.#closed) return Promise.reject(new ChannelLost('the client is closed'));
    return new Promise((resolve, reject) => {
      const headers: Record<string, string> = this.#token ? { authorization: `Bearer ${this.#token}` } : {};
      if (body === undefined || Buffer.isBuffer(body)) headers['content-length'] = String(body?.length ?? 0);
      const socketPath = this.#socketPath;
      const request = httpRequest({ socketPath, agent: this.#agent, method, path, headers, timeout: SILENCE_MS });
      request.on('timeout', () => request.destroy(new Error('the server is silent')));
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          length += chunk.length;
          if (length > MAX_ANSWER_BYTES) response.destroy(new Error('the answer is too long'));
        });
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        });
      });
      if (body === undefined || Buffer.isBuffer(body)) request.end(body);
      else pipeline(body, request, (error) => error && reject(error));
    });
  }

  /**
   * Calls until the server answers with less than 500, pausing ever longer; rejects with ChannelLost after `patienceMs`.
   * For calls that may be repeated: all but model calls.
   */
  async callPatiently(
    request: ChannelRequest & { readonly body?: Buffer },
    patienceMs: number,
  ): Promise<ChannelAnswer> {
    const deadline = Date.now() + patienceMs;
    for (const pause = new Backoff(); ; await pause.wait()) {
      const answer = await this.call(request).catch(() => undefined);
      if (answer && answer.status < 500) return answer;
      if (this.#closed || Date.now() >= deadline)
        throw new ChannelLost(`no answer to ${request.method} ${request.path}`);
    }
  }

  /** Ends calls under way; later ones are rejected. */
  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }
}

/** Pauses that double from 25 ms to a second, with jitter so that many runs do not come back at once. */
export class Backoff {
  #pauseMs = FIRST_PAUSE_MS;

  async wait(signal?: AbortSignal): Promise<void> {
    await delay(this.#pauseMs * (0.75 + Math.random() / 2), undefined, signal ? { signal } : {});
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  reset(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
  }
}
