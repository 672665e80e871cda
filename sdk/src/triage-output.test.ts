import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { Triaged } from './triaged.js';

/** All bytes there are, so no text. */
const LOG = Buffer.from(Array.from({ length: 256 * 8 }, (_, index) => index % 256));
const schema = buildSchema(`
  scalar ByteOffset
  enum RunLogEncoding { UTF8 BASE64 }
  type Chunk { offset: ByteOffset! nextOffset: ByteOffset! data: String! encoding: RunLogEncoding! }
  type Query { nothing: Int }
  type Subscription { triageOutput(runId: ID!, fromOffset: ByteOffset, encoding: RunLogEncoding): Chunk! }
`);

let server: Server;
let sockets: WebSocketServer;
let client: Triaged;
let log: Buffer;
let pieceBytes: number;
/** Of each subscription. */
let offsets: number[];
let onPiece: (sent: number) => void | Promise<void>;

async function* pieces({ fromOffset }: { readonly fromOffset: number }) {
  offsets.push(fromOffset);
  for (let offset = fromOffset; offset < log.length; offset += pieceBytes) {
    const data = log.subarray(offset, offset + pieceBytes);
    const nextOffset = offset + data.length;
    yield { triageOutput: { offset, nextOffset, data: data.toString('base64'), encoding: 'BASE64' } };
    await onPiece((nextOffset - fromOffset) / pieceBytes);
  }
}

beforeEach(async () => {
  [log, pieceBytes, offsets, onPiece] = [LOG, 100, [], () => undefined];
  server = createServer();
  sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer({ schema, roots: { subscription: { triageOutput: pieces } } }, sockets);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new Triaged({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: 'key' });
});
afterEach(() => {
  client.close();
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  server.close();
});

async function follow(pause: () => Promise<unknown> = () => Promise.resolve()) {
  const received: Uint8Array[] = [];
  let text = '';
  const resumed: number[] = [];
  const onReconnect = ({ offset }: { offset: number }) => void resumed.push(offset);
  for await (const chunk of client.triageOutput('run', { firstDelayMs: 1, onReconnect })) {
    received.push(chunk.bytes);
    text += chunk.text;
    await pause();
  }
  return { bytes: Buffer.concat(received), text, resumed };
}

describe('triageOutput', () => {
  it('gives every byte, also those that are no text', async () => {
    const { bytes, resumed } = await follow();
    expect(bytes.equals(LOG)).toBe(true);
    expect([offsets, resumed]).toEqual([[0], []]);
  });

  it.each([
    ['1000', 1000],
    ['1001, as a server that shuts down', 1001],
    ['4403, as for a key that has changed', 4403],
    ['no close frame', undefined],
  ])('goes on where it was when a socket ends with %s: nothing twice, nothing lost', async (_name, code) => {
    onPiece = async (sent) => {
      if (sent !== 3) return;
      for (const socket of sockets.clients) {
        if (code === undefined) socket.terminate();
        else socket.close(code);
      }
      await delay(20);
    };
    const { bytes } = await follow();
    expect(bytes.equals(LOG)).toBe(true);
    expect(offsets.length).toBeGreaterThan(3);
  });

  it.each([
    [4401, 'UNAUTHENTICATED'],
    [4400, 'BAD_REQUEST'],
    [1009, 'PAYLOAD_TOO_LARGE'],
  ])('does not try again after a close with %d', async (closeCode, code) => {
    onPiece = async () => {
      for (const socket of sockets.clients) socket.close(closeCode, 'No.');
      await delay(20);
    };
    await expect(follow()).rejects.toMatchObject({ code });
    expect(offsets).toEqual([0]);
  });

  it('gives text whose characters two pieces share, and the rest of one that the end cuts', async () => {
    log = Buffer.from('a€😀ü€').subarray(0, -1);
    pieceBytes = 1;
    expect((await follow()).text).toBe('a€😀ü\ufffd');
  });

  it('lets no more than 128 pieces wait for a slow reader, and loses none', async () => {
    log = Buffer.concat(Array.from({ length: 20 }, () => LOG));
    pieceBytes = 64;
    let reads = 0;
    const { bytes, resumed } = await follow(() => ((reads += 1) % 100 === 1 ? delay(50) : Promise.resolve()));
    expect(bytes.equals(log)).toBe(true);
    expect(resumed).toEqual([]);
    expect(offsets.length).toBeGreaterThan(1);
    for (const [index, offset] of offsets.entries()) {
      if (index > 0) expect(offset - offsets[index - 1]!).toBeGreaterThanOrEqual(128 * 64);
    }
  });
});
