import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GraphQLError, buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { ApiClient } from './api-client.js';
import { followOutput } from './follow-output.js';

const log = Buffer.from(Array.from({ length: 256 * 8 }, (_, index) => index % 256));
const PIECE = 100;
const schema = buildSchema(`
  scalar ByteOffset
  enum RunLogEncoding { UTF8 BASE64 }
  type Chunk { offset: ByteOffset! nextOffset: ByteOffset! data: String! encoding: RunLogEncoding! }
  type Query { nothing: Int }
  type Subscription { triageOutput(runId: ID!, fromOffset: ByteOffset, encoding: RunLogEncoding): Chunk! }
`);

interface Arguments {
  readonly runId: string;
  readonly fromOffset: number;
}

describe('followOutput over a real socket', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let api: ApiClient;
  let cutAfterPieces: number;
  let offsets: number[];
  let onPiece: () => void;

  beforeEach(async () => {
    cutAfterPieces = Number.POSITIVE_INFINITY;
    offsets = [];
    onPiece = () => undefined;
    server = createServer();
    sockets = new WebSocketServer({ server, path: '/graphql' });
    useServer(
      {
        schema,
        roots: { subscription: { triageOutput: (given: Arguments) => pieces(given) } },
        onConnect: ({ connectionParams }) => connectionParams?.['X-API-KEY'] === 'key',
      },
      sockets,
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    api = new ApiClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: 'key' });
  });
  afterEach(async () => {
    await api.close();
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    server.close();
  });

  async function* pieces({ runId, fromOffset }: Arguments) {
    if (runId === 'unknown') throw new GraphQLError('There is no such run.', { extensions: { code: 'NOT_FOUND' } });
    if (runId === 'silent') await new Promise(() => undefined);
    offsets.push(fromOffset);
    let sent = 0;
    for (let offset = fromOffset; offset < log.length; offset += PIECE) {
      const data = log.subarray(offset, offset + PIECE);
      yield {
        triageOutput: { offset, nextOffset: offset + data.length, data: data.toString('base64'), encoding: 'BASE64' },
      };
      onPiece();
      sent += 1;
      if (sent >= cutAfterPieces) for (const socket of sockets.clients) socket.terminate();
    }
  }

  async function follow(runId: string, signal = new AbortController().signal) {
    const received: Uint8Array[] = [];
    const resumed: number[] = [];
    const end = await followOutput({
      api,
      runId,
      signal,
      firstDelayMs: 1,
      onBytes: (bytes) => received.push(bytes),
      onReconnect: (offset) => resumed.push(offset),
    });
    return { bytes: Buffer.concat(received), resumed, end };
  }

  it('hands over every byte, also those that are no text', async () => {
    const { bytes, resumed, end } = await follow('run');
    expect(bytes.equals(log)).toBe(true);
    expect(end).toBe(log.length);
    expect(resumed).toEqual([]);
  });

  it('resumes at its offset after each lost connection: nothing twice, nothing lost', async () => {
    cutAfterPieces = 3;
    const { bytes, resumed } = await follow('run');
    expect(bytes.equals(log)).toBe(true);
    expect(resumed.length).toBeGreaterThan(3);
    expect(offsets).toEqual([0, ...resumed]);
  });

  it('does not try again what the API refuses', async () => {
    await expect(follow('unknown')).rejects.toMatchObject({ name: 'ApiError', code: 'NOT_FOUND' });
  });

  it('does not try again with a key that is refused', async () => {
    const stranger = new ApiClient({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      apiKey: 'wrong',
    });
    const following = followOutput({
      api: stranger,
      runId: 'run',
      signal: new AbortController().signal,
      onBytes: () => undefined,
      onReconnect: () => undefined,
    });
    await expect(following).rejects.toMatchObject({ name: 'ApiError', code: '4403' });
    await stranger.close();
  });

  it('gives up after ten failures in a row', async () => {
    const gone = new ApiClient({ url: 'http://127.0.0.1:1', apiKey: 'key' });
    const attempts: number[] = [];
    const following = followOutput({
      api: gone,
      runId: 'run',
      signal: new AbortController().signal,
      firstDelayMs: 0,
      onBytes: () => undefined,
      onReconnect: (offset) => attempts.push(offset),
    });
    await expect(following).rejects.toMatchObject({ name: 'ConnectionLost' });
    expect(attempts).toHaveLength(10);
  });

  it('stops at once when it is aborted', async () => {
    const aborting = new AbortController();
    onPiece = () => aborting.abort();
    await expect(follow('run', aborting.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('stops while it waits for a run that is silent', async () => {
    const following = follow('silent', AbortSignal.timeout(100));
    await expect(following).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
