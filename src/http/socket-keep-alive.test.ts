import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { FrameSocket, OPCODE } from '../../tests/testkit/raw-frames.js';
import { flooded, startSmallServer, Ticks } from '../../tests/testkit/small-server.js';
import type { SmallServer } from '../../tests/testkit/small-server.js';

jest.setTimeout(20_000);

const PING_EVERY_MS = 1_000;

let small: SmallServer;
beforeAll(async () => {
  small = await startSmallServer({ pingEveryMs: PING_EVERY_MS });
});
afterAll(() => small.close());

const greeted = async (): Promise<FrameSocket> => (await FrameSocket.open(small.url)).greet('viewer');
const subscribe = (socket: FrameSocket, query: string): void =>
  socket.say({ type: 'subscribe', id: '1', payload: { query } });

async function until(condition: () => boolean, withinMs: number): Promise<void> {
  for (const began = performance.now(); !condition() && performance.now() - began < withinMs;) await delay(10);
  expect(condition()).toBe(true);
}

/** Waits until the flood has filled what is between it and a reader who does not read. */
async function full(): Promise<void> {
  let before = -1;
  while (before !== flooded.pieces || before === 0) {
    before = flooded.pieces;
    await delay(80);
  }
}

describe('keep-alive', () => {
  it('keeps a socket that answers pings and says nothing else', async () => {
    const socket = await greeted();
    let pings = 0;
    const answering = (async () => {
      for (;;) {
        const { opcode, payload } = await socket.next();
        if (opcode !== OPCODE.ping) continue;
        pings += 1;
        socket.frame(OPCODE.pong, payload);
      }
    })().catch(() => undefined);
    await delay(3.5 * PING_EVERY_MS);
    expect(socket.hasEnded).toBe(false);
    expect(pings).toBeGreaterThanOrEqual(3);
    socket.tcp.destroy();
    await answering;
  });

  it('cuts a socket whose other end is silent within two pings, and ends its subscription', async () => {
    const socket = await greeted();
    subscribe(socket, 'subscription { ticks(everyMs: 100000) }');
    await until(() => Ticks.open === 1, 1_000);
    const silentSince = performance.now();
    await until(() => Ticks.open === 0, 5 * PING_EVERY_MS);
    expect(performance.now() - silentSince).toBeLessThan(3 * PING_EVERY_MS);
    await socket.ended();
  });

  it('asks nothing more for a reader that has stopped, and cuts it', async () => {
    const socket = await greeted();
    socket.tcp.pause();
    subscribe(socket, 'subscription { flood }');
    await until(() => flooded.open === 1, 1_000);
    const before = flooded.pieces;
    await until(() => flooded.open === 0, 5 * PING_EVERY_MS);
    // What the system's two buffers hold, 4 and 6 MiB at most, and one more.
    expect(flooded.pieces - before).toBeLessThan(12);
    socket.tcp.destroy();
  });

  it('asks nothing more of a source whose socket closes, while its client does not answer', async () => {
    small.keys.set('temporary', small.keys.get('viewer')!);
    const socket = await (await FrameSocket.open(small.url)).greet('temporary');
    subscribe(socket, 'subscription { flood }');
    await until(() => flooded.open === 1, 1_000);
    small.keys.delete('temporary');
    // Nothing but the close frame is looked for, and nothing is answered.
    await until(() => socket.frames.some(({ opcode }) => opcode === OPCODE.close), 4_000);
    const asked = flooded.pieces;
    await delay(300);
    expect(flooded.pieces - asked).toBeLessThanOrEqual(1);
    await until(() => flooded.open === 0, 4_000);
  });

  it('keeps a reader that is slow, although its pongs are far behind', async () => {
    const socket = await greeted();
    subscribe(socket, 'subscription { flood }');
    socket.tcp.pause();
    await full();
    const before = flooded.pieces;
    // No pong at all, and always behind: that it makes room is the only sign of life.
    for (const began = performance.now(); performance.now() - began < 4 * PING_EVERY_MS && !socket.hasEnded;) {
      const from = socket.received;
      socket.tcp.resume();
      await until(() => socket.received - from > 3_000_000 || socket.hasEnded, 2_000);
      socket.tcp.pause();
      socket.frames.length = 0;
      await full();
    }
    expect(socket.hasEnded).toBe(false);
    // Longer than the buffers last, in which the first ping is.
    expect(flooded.pieces - before).toBeGreaterThan(2);
    socket.tcp.destroy();
    await until(() => flooded.open === 0, 1_000);
  });
});
