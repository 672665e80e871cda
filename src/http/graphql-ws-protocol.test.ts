import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { FrameSocket, OPCODE } from '../../tests/testkit/raw-frames.js';
import { Piece, startSmallServer, Ticks } from '../../tests/testkit/small-server.js';
import type { SmallServer } from '../../tests/testkit/small-server.js';

let small: SmallServer;
const sockets: FrameSocket[] = [];
beforeAll(async () => {
  small = await startSmallServer();
});
afterEach(() => {
  for (const { tcp } of sockets.splice(0)) tcp.destroy();
});
afterAll(() => small.close());

async function open(protocol?: string): Promise<FrameSocket> {
  const socket = await FrameSocket.open(small.url, protocol);
  sockets.push(socket);
  return socket;
}
const greeted = async (): Promise<FrameSocket> => (await open()).greet('viewer');
const subscribe = (query: string, id = '1') => ({ type: 'subscribe', id, payload: { query } });

const INVALID: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['no JSON', '{'],
  ['no object', '[]'],
  ['a number', '1'],
  ['no type', '{}'],
  ['an unknown type', '{"type":"start"}'],
  ['a payload of connection_init that is no object', '{"type":"connection_init","payload":"key"}'],
  ['a payload of ping that is no object', '{"type":"ping","payload":1}'],
  ['subscribe without id', '{"type":"subscribe","payload":{"query":"{ whoami }"}}'],
  ['subscribe with an empty id', '{"type":"subscribe","id":"","payload":{"query":"{ whoami }"}}'],
  ['subscribe without payload', '{"type":"subscribe","id":"1"}'],
  ['subscribe without query', '{"type":"subscribe","id":"1","payload":{}}'],
  [
    'subscribe with variables that are no object',
    '{"type":"subscribe","id":"1","payload":{"query":"{ a }","variables":1}}',
  ],
  ['complete without id', '{"type":"complete"}'],
  ['next, which is for servers', '{"type":"next","id":"1","payload":{}}'],
  ['connection_ack, which is for servers', '{"type":"connection_ack"}'],
];

describe('the graphql-transport-ws protocol, frame by frame', () => {
  it('is agreed on in the upgrade', async () => {
    expect((await open()).head).toMatch(/\r\nsec-websocket-protocol: graphql-transport-ws\r\n/i);
    expect((await open('soap, graphql-transport-ws')).head).toMatch(
      /\r\nsec-websocket-protocol: graphql-transport-ws\r\n/i,
    );
  });

  it.each(['graphql-ws', 'soap'])('closes with 4406 when only %s is offered', async (protocol) => {
    expect(await (await open(protocol)).closed()).toEqual([4406, 'Subprotocol not acceptable']);
  });

  it.each(INVALID)('closes with 4400 on %s', async (_name, text) => {
    const socket = await greeted();
    socket.frame(OPCODE.text, text);
    expect((await socket.closed())[0]).toBe(4400);
    await socket.ended();
  });

  it('closes with 4401 on an operation before the acknowledgement', async () => {
    const socket = await open();
    socket.say(subscribe('{ whoami }'));
    expect(await socket.closed()).toEqual([4401, 'Unauthorized']);
  });

  it('closes with 4401 on a wrong key', async () => {
    const socket = await open();
    socket.say({ type: 'connection_init', payload: { 'X-API-KEY': 'wrong' } });
    expect((await socket.closed())[0]).toBe(4401);
  });

  it('closes with 4408 when nobody greets within three seconds', async () => {
    const openedAt = performance.now();
    const socket = await open();
    expect(await socket.closed()).toEqual([4408, 'Connection initialisation timeout']);
    expect(performance.now() - openedAt).toBeGreaterThan(2_900);
  });

  it('closes with 4429 on a second greeting, acknowledged or not', async () => {
    const acknowledged = await greeted();
    acknowledged.say({ type: 'connection_init', payload: { 'X-API-KEY': 'viewer' } });
    expect(await acknowledged.closed()).toEqual([4429, 'Too many initialisation requests']);
    const hasty = await open();
    hasty.say({ type: 'connection_init', payload: { 'X-API-KEY': 'viewer' } });
    hasty.say({ type: 'connection_init', payload: { 'X-API-KEY': 'viewer' } });
    expect((await hasty.closed())[0]).toBe(4429);
  });

  it('closes with 4409 on the id of an operation that goes on, and ends that operation', async () => {
    const socket = await greeted();
    socket.say(subscribe('subscription { ticks(everyMs: 100000) }', 'one'));
    socket.say(subscribe('{ whoami }', 'one'));
    expect(await socket.closed()).toEqual([4409, 'Subscriber for one already exists']);
    for (let i = 0; i < 100 && Ticks.open > 0; i += 1) await delay(10);
    expect(Ticks.open).toBe(0);
  });

  it('takes the id of an operation that has ended, and a Complete of one that has', async () => {
    const socket = await greeted();
    for (let turn = 0; turn < 2; turn += 1) {
      socket.say(subscribe('{ whoami }', 'one'));
      expect(await socket.message()).toMatchObject({ id: 'one', type: 'next' });
      expect(await socket.message()).toEqual({ id: 'one', type: 'complete' });
      socket.say({ type: 'complete', id: 'one' });
    }
  });

  it('answers a ping with a pong that bears its payload, before the greeting too', async () => {
    const socket = await open();
    socket.say({ type: 'ping', payload: { at: 1 } });
    expect(await socket.message()).toEqual({ type: 'pong', payload: { at: 1 } });
    socket.say({ type: 'ping' });
    expect(await socket.message()).toEqual({ type: 'pong' });
    socket.say({ type: 'pong' });
    await socket.greet('viewer');
  });

  it("answers a WebSocket's ping frame with its bytes", async () => {
    const socket = await greeted();
    socket.frame(OPCODE.ping, 'are you there');
    expect(await socket.next()).toEqual({ fin: true, opcode: OPCODE.pong, payload: Buffer.from('are you there') });
  });

  it('takes a message in fragments with a ping between them', async () => {
    const socket = await greeted();
    const text = JSON.stringify(subscribe('{ whoami }'));
    socket.frame(OPCODE.text, text.slice(0, 20), { fin: false });
    socket.frame(OPCODE.ping, '');
    socket.frame(OPCODE.continuation, text.slice(20));
    expect((await socket.next()).opcode).toBe(OPCODE.pong);
    expect(await socket.message()).toMatchObject({ type: 'next' });
  });

  it.each([
    ['an unmasked frame', 1002, (socket: FrameSocket) => socket.frame(OPCODE.text, '{}', { masked: false })],
    ['a reserved opcode', 1002, (socket: FrameSocket) => socket.frame(3, '')],
    ['a continuation of nothing', 1002, (socket: FrameSocket) => socket.frame(OPCODE.continuation, '')],
    ['a ping in fragments', 1002, (socket: FrameSocket) => socket.frame(OPCODE.ping, '', { fin: false })],
    ['text that is not UTF-8', 1007, (socket: FrameSocket) => socket.frame(OPCODE.text, Buffer.from([0xff]))],
    ['a message over 64 KiB', 1009, (socket: FrameSocket) => socket.frame(OPCODE.text, 'x'.repeat(65_537))],
    [
      'fragments that grow over 64 KiB',
      1009,
      (socket: FrameSocket) => {
        socket.frame(OPCODE.text, 'x'.repeat(40_000), { fin: false });
        socket.frame(OPCODE.continuation, 'x'.repeat(40_000), { fin: false });
      },
    ],
  ])('closes on %s with %d', async (_name, code, act) => {
    const socket = await greeted();
    act(socket);
    expect((await socket.closed())[0]).toBe(code);
    await socket.ended();
  });

  it("answers a client's close with its code and ends what it had open", async () => {
    const socket = await greeted();
    socket.say(subscribe('subscription { ticks(everyMs: 100000) }'));
    for (let i = 0; i < 100 && Ticks.open === 0; i += 1) await delay(10);
    socket.frame(OPCODE.close, Buffer.from([0x0f, 0xa0]));
    expect((await socket.next()).payload.readUInt16BE(0)).toBe(4000);
    await socket.ended();
    for (let i = 0; i < 100 && Ticks.open > 0; i += 1) await delay(10);
    expect(Ticks.open).toBe(0);
  });

  it('sends a large shared answer as two fragments of one text message, and a small one as a single frame', async () => {
    const socket = await (await open()).greet('operator');
    socket.say(subscribe('subscription { sharedPieces(last: 2) { text } }'));
    expect(await socket.next()).toMatchObject({ fin: true, opcode: OPCODE.text });
    const [start, rest] = [await socket.next(), await socket.next()];
    expect([start.fin, start.opcode, rest.fin, rest.opcode]).toEqual([false, OPCODE.text, true, OPCODE.continuation]);
    expect(start.payload.toString()).toBe('{"id":"1","type":"next","payload":');
    expect(JSON.parse(Buffer.concat([start.payload, rest.payload]).toString())).toEqual({
      id: '1',
      type: 'next',
      payload: { data: { sharedPieces: { text: Piece.all[1]!.text } } },
    });
  });

  it('closes with 1001 when the server shuts down', async () => {
    const own = await startSmallServer();
    const socket = await (await FrameSocket.open(own.url)).greet('viewer');
    sockets.push(socket);
    const closing = own.close();
    expect(await socket.closed()).toEqual([1001, 'The server is shutting down']);
    await closing;
  });
});
