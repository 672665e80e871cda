import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { until } from '../../tests/testkit/until.js';
import { ConnectionLost } from './errors.js';
import { RateLimitedError } from './generated/error-classes.js';
import { TriageOutputDocument } from './generated/graphql.js';
import { reconnecting } from './reconnecting.js';
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
let url: string;
let client: Triaged;
let log: Buffer;
let pieceBytes: number;
/** Of each subscription. */
let offsets: number[];
let ended: number;
/** What sockets were opened with. */
let keys: unknown[];
let onSubscription: () => void | Promise<void>;
let onPiece: (sent: number) => void | Promise<void>;

async function* pieces({ fromOffset }: { readonly fromOffset: number }) {
  offsets.push(fromOffset);
  await onSubscription();
  const whole = log;
  try {
    yield* piecesFrom(fromOffset);
  } finally {
    // One of an earlier test may end late.
    if (log === whole) ended += 1;
  }
}

async function* piecesFrom(fromOffset: number) {
  for (let offset = fromOffset; offset < log.length; offset += pieceBytes) {
    const data = log.subarray(offset, offset + pieceBytes);
    const nextOffset = offset + data.length;
    yield { triageOutput: { offset, nextOffset, data: data.toString('base64'), encoding: 'BASE64' } };
    await onPiece((nextOffset - fromOffset) / pieceBytes);
  }
}

beforeEach(async () => {
  [log, pieceBytes, offsets, ended, keys] = [LOG, 100, [], 0, []];
  onPiece = onSubscription = () => undefined;
  server = createServer();
  sockets = new WebSocketServer({ server, path: '/graphql' });
  const onConnect = ({ connectionParams }: { readonly connectionParams?: Record<string, unknown> }) => {
    keys.push(connectionParams?.['X-API-KEY']);
  };
  useServer({ schema, roots: { subscription: { triageOutput: pieces } }, onConnect }, sockets);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new Triaged({ url, apiKey: 'key' });
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

  it('lets no more than 128 pieces wait for a reader that stalls', async () => {
    [log, pieceBytes] = [Buffer.concat(Array.from({ length: 20 }, () => LOG)), 64];
    const output = client.triageOutput('run');
    await output.next();
    await until(() => ended > 0);
    onSubscription = () => new Promise(() => undefined);
    let waited = 0;
    for (;;) {
      const next = output.next().then(
        () => true,
        () => false,
      );
      if (!(await Promise.race([next, delay(500, false)]))) break;
      waited += 1;
    }

    // The one too many is given out too.
    expect(waited).toBeGreaterThan(0);
    expect(waited).toBeLessThanOrEqual(129);
    expect(log.length / pieceBytes).toBeGreaterThan(2 * 129);
  });

  it('gives a slow reader every piece', async () => {
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

describe('subscribe', () => {
  const variables = { runId: 'run', fromOffset: 0, encoding: 'BASE64' } as const;
  const read = async () => {
    let count = 0;
    for await (const _piece of client.subscribe(TriageOutputDocument, variables)) count += 1;
    return count;
  };

  it.each([1000, 1001])('is not made again when the socket closes with %d', async (code) => {
    onPiece = async (sent) => {
      if (sent !== 3) return;
      for (const socket of sockets.clients) socket.close(code);
      await delay(20);
    };
    await expect(read()).rejects.toBeInstanceOf(ConnectionLost);
    await delay(50);
    expect(offsets).toEqual([0]);
  });

  it('fails no subscription that follows at once on the last one, while its socket closes', async () => {
    for (let times = 1; times <= 20; times += 1) {
      expect(await read()).toBe(Math.ceil(LOG.length / pieceBytes));
      if (times % 2 === 0) await delay(1);
    }
  });
});

describe('a client', () => {
  it('ends what waits for another try when it is closed', async () => {
    const nowhere = new Triaged({ url: 'http://127.0.0.1:9', apiKey: 'key' });
    const [output, states] = [
      nowhere.triageOutput('run', { firstDelayMs: 100_000 }).next(),
      nowhere.triageRunChanged('run', { firstDelayMs: 100_000, signal: new AbortController().signal }).next(),
    ];
    await delay(100);
    nowhere.close();
    await expect(output).rejects.toThrow('The client was closed.');
    await expect(states).rejects.toThrow('The client was closed.');
  });

  it('takes the newline of a key file for no part of the key, and refuses what is no key', async () => {
    client = new Triaged({ url, apiKey: ' key\r\n' });
    expect((await follow()).bytes.equals(LOG)).toBe(true);
    expect(keys).toEqual(['key']);
    expect(() => new Triaged({ url, apiKey: 'a secret\nin two lines' })).toThrow(TypeError);
    expect(() => new Triaged({ url, apiKey: 'a secret\nin two lines' })).not.toThrow('secret');
  });
});

describe('reconnecting', () => {
  it('waits, whatever the server asks for', async () => {
    const stopping = new AbortController();
    let opened = 0;
    // More milliseconds than a timer takes, which would fire at once.
    const error = new RateLimitedError({ code: 'RATE_LIMITED', message: '', status: 429, retryAfterSeconds: 1e10 });
    // eslint-disable-next-line require-yield -- it fails before there is anything to give
    const open = async function* () {
      opened += 1;
      throw error;
    };
    const next = reconnecting(open, { signal: stopping.signal, firstDelayMs: 1 }).next();
    await delay(100);
    stopping.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    expect(opened).toBe(1);
  });
});
