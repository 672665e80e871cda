import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Closable } from '../../kernel/closing.js';

/** To each server, of those that are kept; who asks for more waits. */
const MAX_CONNECTIONS = 64;
const AGENT_OPTIONS = { keepAlive: true, maxSockets: MAX_CONNECTIONS, maxFreeSockets: 8 };

export interface PeerConnection {
  /** Not kept, and in no bound: for an answer that somebody else reads as slowly as they like. */
  readonly apart: boolean;
}

/** Connections to other servers, kept for the next request. */
export class PeerConnections implements Closable {
  readonly #http = new HttpAgent(AGENT_OPTIONS);
  readonly #https = new HttpsAgent(AGENT_OPTIONS);

  /** Resolves when the answer begins; the caller reads its body to the end or destroys it. The signal ends that too. */
  get(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    { apart }: PeerConnection,
  ): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request =
      url.protocol === 'https:'
        ? requestHttps(url, { agent: apart ? false : this.#https, headers, signal })
        : requestHttp(url, { agent: apart ? false : this.#http, headers, signal });
    request.once('response', resolve);
    // Also after the answer has begun, when its body tells of it too.
    request.on('error', reject);
    request.end();
    return promise;
  }

  async close(): Promise<void> {
    this.#http.destroy();
    this.#https.destroy();
  }
}

/** The whole body, at most so many bytes; rejects, ending it, when there are more or the connection breaks. */
export async function bodyOf(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new Error('a server sent more than was asked for');
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, bytes);
}
