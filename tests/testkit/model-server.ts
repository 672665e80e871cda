import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import {
  MockModelUpstream,
  type MockBooks,
  type MockModelUpstreamOptions,
} from '../../src/adapters/model-upstream/mock/index.js';
import type { ModelProvider, ModelRequest, ModelResponse } from '../../src/ports/model-upstream.js';

export interface ModelServer {
  readonly url: string;
  /** Every call so far, oldest first. */
  readonly calls: readonly ModelRequest[];
  /** The mock's own. */
  readonly books: MockBooks;
  close(): Promise<void>;
}

export interface ModelServerOptions {
  /** An address that the agents reach. */
  readonly host: string;
  /** In place of the mock's answer; undefined leaves it to the mock, and a promise that never resolves hangs. */
  readonly answer?: (request: ModelRequest) => Promise<ModelResponse> | undefined;
  /** The mock's; no time between pieces unless told. */
  readonly timing?: MockModelUpstreamOptions;
  /** Told of each call in place of keeping them all. */
  readonly onCall?: (request: ModelRequest) => void;
}

/** The mock upstream as the providers are reached by a CLI that has no gateway before it: over HTTP. */
export async function startModelServer({ host, answer, timing, onCall }: ModelServerOptions): Promise<ModelServer> {
  const upstream = new MockModelUpstream({ pieceIntervalMs: 0, ...timing });
  const calls: ModelRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.on('close', () => gone.abort());
    const serve = async (): Promise<void> => {
      const call = await callOf(incoming, gone.signal);
      if (onCall) onCall(call);
      else calls.push(call);
      const { status, headers, body } = await (answer?.(call) ?? upstream.send(call));
      outgoing.writeHead(status, { ...headers });
      await pipeline(body, outgoing);
    };
    // A CLI that goes away in the middle of an answer is none of our business.
    serve().catch(() => outgoing.destroy());
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    calls,
    books: upstream.books,
    close: async () => {
      await upstream.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function callOf(incoming: IncomingMessage, signal: AbortSignal): Promise<ModelRequest> {
  const { method = 'GET', url: path = '/' } = incoming;
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return { provider: providerOf(headers), method, path, headers, body: await buffer(incoming), signal };
}

function providerOf(headers: Readonly<Record<string, string>>): ModelProvider {
  if ('x-goog-api-key' in headers) return 'google';
  return 'x-api-key' in headers ? 'anthropic' : 'openai';
}
