import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { RawSocket, type Message } from '../../tests/testkit/raw-socket.js';
import { SECRET, slow, startSmallServer, Ticks } from '../../tests/testkit/small-server.js';
import type { SmallServer } from '../../tests/testkit/small-server.js';
import { MAX_WAITING_PER_ADDRESS } from './graphql-sockets.js';

let small: SmallServer;
const sockets: RawSocket[] = [];
const open = (headers?: Record<string, string>, address?: string): RawSocket => {
  const socket = new RawSocket(small.url, headers, address);
  sockets.push(socket);
  return socket;
};
const until = async (condition: () => boolean): Promise<void> => {
  for (let i = 0; i < 100 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
};
const errorOf = (message: Message) =>
  (message.payload as { message: string; extensions: Record<string, unknown> }[])[0];

beforeAll(async () => {
  small = await startSmallServer();
});
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
});
afterAll(() => small.close());

describe('GraphQL over sockets', () => {
  it.each([
    ['no key', undefined],
    ['a wrong key', 'wrong'],
  ])('closes with 4401 on %s', async (_name, key) => {
    const socket = await open().init(key);
    expect(await socket.closed).toBe(4401);
  });

  it("takes the key from the upgrade's header too", async () => {
    const socket = await open({ 'x-api-key': 'viewer' }).init();
    expect((await socket.next()).type).toBe('connection_ack');
  });

  it('closes with 4401 when the key was revoked since', async () => {
    small.keys.set('temporary', small.keys.get('viewer')!);
    const socket = await open().connected('temporary');
    small.keys.delete('temporary');
    socket.subscribe('{ whoami }');
    expect(await socket.closed).toBe(4401);
  });

  it('ends running subscriptions with 4401 soon after their key was revoked', async () => {
    small.keys.set('temporary', small.keys.get('viewer')!);
    const [socket, other] = [await open().connected('temporary'), await open().connected('viewer')];
    socket.subscribe('subscription { ticks(everyMs: 100000) }');
    await until(() => Ticks.open === 1);
    small.keys.delete('temporary');
    expect(await socket.closed).toBe(4401);
    await until(() => Ticks.open === 0);
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('closes with 4403 when the role of the key has changed', async () => {
    small.keys.set('temporary', small.keys.get('admin')!);
    const socket = await open().connected('temporary');
    small.keys.set('temporary', small.keys.get('viewer')!);
    expect(await socket.closed).toBe(4403);
    small.keys.delete('temporary');
  });

  it('opens at most 500 sockets for a tenant', async () => {
    await Promise.all(Array.from({ length: 500 }, () => open().connected('viewer')));
    expect(await (await open().init('admin')).closed).toBe(1013);
  }, 20_000);

  it('lets at most 128 sockets of an address wait for their greeting, 512 of all, and takes one more when one has gone', async () => {
    const refusedAt = async (address: string): Promise<number> => {
      const refused = open({}, address);
      refused.closed.catch(() => undefined);
      const [, response] = (await once(refused.socket, 'unexpected-response')) as [unknown, { statusCode: number }];
      refused.socket.on('error', () => undefined).terminate();
      return response.statusCode;
    };
    const waitingAt = async (address: string): Promise<RawSocket[]> => {
      const waiting = Array.from({ length: MAX_WAITING_PER_ADDRESS }, () => open({}, address));
      await Promise.all(waiting.map(({ socket }) => once(socket, 'open')));
      return waiting;
    };
    const [first] = await waitingAt('127.0.0.1');
    expect(await refusedAt('127.0.0.1')).toBe(503);
    await open({}, '127.0.0.9').connected('viewer');
    for (const address of ['127.0.0.2', '127.0.0.3', '127.0.0.4']) await waitingAt(address);
    expect(await refusedAt('127.0.0.9')).toBe(503);
    // Whoever says at once who he is does not stand in that line.
    await open({ 'x-api-key': 'viewer' }).connected();
    first!.socket.close();
    await first!.closed;
    await open().connected('viewer');
  });

  it('refuses an upgrade from a foreign origin and takes our own, listed ones and none', async () => {
    const refused = open({ origin: 'https://evil.example.com' });
    const [, response] = (await once(refused.socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(403);
    refused.closed.catch(() => undefined);
    await open({ origin: small.url }).connected('viewer');
    await open({ origin: 'https://dashboard.example.com' }).connected('viewer');
  });

  it('answers queries and mutations with the actor of the key', async () => {
    const socket = await open().connected('operator');
    socket.subscribe('{ whoami }');
    expect(await socket.next('next')).toMatchObject({ payload: { data: { whoami: 'acme OPERATOR' } } });
    expect((await socket.next()).type).toBe('complete');
  });

  it('streams a subscription and returns its iterator on Complete', async () => {
    const socket = await open().connected('viewer');
    socket.subscribe('subscription { ticks }');
    expect(await socket.next()).toEqual({ type: 'next', id: '1', payload: { data: { ticks: 0 } } });
    expect(Ticks.open).toBe(1);
    socket.send({ type: 'complete', id: '1' });
    await until(() => Ticks.open === 0);
  });

  it('returns the iterator when the socket is lost, even while nothing comes', async () => {
    const socket = await open().connected('viewer');
    socket.subscribe('subscription { ticks(everyMs: 100000) }');
    await until(() => Ticks.open === 1);
    socket.socket.terminate();
    await until(() => Ticks.open === 0);
  });

  it('refuses a subscription that the role does not include, and keeps the socket', async () => {
    const socket = await open().connected('viewer');
    socket.subscribe('subscription { adminTicks }');
    const message = await socket.next();
    expect(JSON.stringify(message)).toContain('"error_code":"FORBIDDEN"');
    expect(Ticks.open).toBe(0);
    socket.subscribe('{ whoami }', '2');
    expect(await socket.next('next')).toMatchObject({ id: '2' });
  });

  it('masks unexpected errors of queries and of single events', async () => {
    const socket = await open().connected('viewer');
    socket.subscribe('{ fail(how: "secret") }');
    const answer = JSON.stringify(await socket.next('next'));
    expect(answer).toContain('"code":"INTERNAL"');
    socket.subscribe('subscription { ticks(everyMs: 13) }', '2');
    await socket.next('next');
    const event = JSON.stringify(await socket.next('next'));
    expect(event).toContain('"code":"INTERNAL"');
    expect(answer + event).not.toContain(SECRET);
  });

  it.each([
    ['a syntax error', '{ whoami', 'BAD_REQUEST'],
    ['an unknown field', '{ nothing }', 'BAD_REQUEST'],
    ['a deep nest', `{ thing ${'{ inner '.repeat(13)}{ name }${' }'.repeat(13)} }`, 'QUERY_TOO_COMPLEX'],
    ['too many tokens', `{ ${'whoami '.repeat(4001)} }`, 'QUERY_TOO_COMPLEX'],
    ['an operation that is not there', 'query A { whoami } query B { whoami }', 'BAD_REQUEST'],
  ])('refuses %s by the same rules as over HTTP', async (_name, text, code) => {
    const socket = await open().connected('viewer');
    socket.subscribe(text);
    const message = await socket.next('error');
    expect(errorOf(message)?.extensions).toMatchObject({ code, error_code: code });
  });

  it('names the path of a variable that does not fit', async () => {
    const socket = await open().connected('operator');
    socket.subscribe('mutation ($input: SayInput!) { say(input: $input) }', '1', { input: { text: 'x' } });
    expect(await socket.next('next')).toMatchObject({
      payload: { errors: [{ extensions: { error_code: 'BAD_USER_INPUT', details: { path: 'input' } } }] },
    });
  });

  it('refuses the 101st operation that is open at once, and takes one more when another has ended', async () => {
    const socket = await open().connected('viewer');
    const ask = (id: number): void => socket.subscribe('subscription { ticks(everyMs: 60000) }', String(id));
    for (let id = 1; id <= 101; id += 1) ask(id);
    const refusal = await socket.next('error');
    expect(refusal.id).toBe('101');
    expect(errorOf(refusal)).toMatchObject({ extensions: { error_code: 'RATE_LIMITED', details: { limit: 100 } } });
    socket.send({ type: 'complete', id: '1' });
    socket.subscribe('{ __typename }', '102');
    expect(await socket.next('next')).toMatchObject({ id: '102' });
  });

  it('takes a message just below 64 KiB and closes with 1009 above', async () => {
    const socket = await open().connected('viewer');
    socket.subscribe(`{ whoami } #${'x'.repeat(65_000)}`);
    expect((await socket.next()).type).toBe('next');
    socket.subscribe(`{ whoami } #${'x'.repeat(65_536)}`, '2');
    expect(await socket.closed).toBe(1009);
  });

  it.each([
    ['a message that is not JSON', 4400, (socket: RawSocket) => socket.socket.send('{')],
    ['a second connection_init', 4429, (socket: RawSocket) => socket.send({ type: 'connection_init' })],
    [
      'an id in use',
      4409,
      (socket: RawSocket) => {
        socket.subscribe('subscription { ticks }');
        socket.subscribe('subscription { ticks }');
      },
    ],
  ])('closes on %s with %d', async (_name, code, act) => {
    const socket = await open().connected('viewer');
    act(socket);
    expect(await socket.closed).toBe(code);
    await until(() => Ticks.open === 0);
  });

  it('closes with 4401 on an operation before connection_init', async () => {
    const socket = open();
    await once(socket.socket, 'open');
    socket.subscribe('{ whoami }');
    expect(await socket.closed).toBe(4401);
  });

  it('answers an upgrade elsewhere with 404', async () => {
    const socket = new WebSocket(`${small.url.replace('http', 'ws')}/elsewhere`);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(404);
    socket.on('error', () => undefined).terminate();
  });
});

/** How many servers this process has open. */
const listening = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;

describe('closing', () => {
  it('ends subscriptions with 1001, lets requests finish and refuses new ones', async () => {
    const before = listening();
    const own = await startSmallServer();
    expect(listening()).toBe(before + 1);
    const socket = new RawSocket(own.url);
    await socket.connected('viewer');
    socket.subscribe('subscription { ticks(everyMs: 100000) }');
    await until(() => Ticks.open === 1);
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'admin' },
      body: '{"query":"{ fail(how: \\"slow\\") }"}',
    };
    const { begun } = slow;
    const underWay = fetch(`${own.url}/graphql`, init);
    await until(() => slow.begun > begun);
    const startedAt = performance.now();
    const closed = own.close();
    expect(await socket.closed).toBe(1001);
    expect(await (await underWay).json()).toEqual({ data: { fail: 'done' } });
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(Ticks.open).toBe(0);
    expect(listening()).toBe(before);
    expect(await promisify(own.server.httpServer.getConnections.bind(own.server.httpServer))()).toBe(0);
    await expect(fetch(`${own.url}/livez`)).rejects.toThrow();
  });

  it('cuts off at the deadline what does not end', async () => {
    const own = await startSmallServer();
    const socket = new RawSocket(own.url);
    await socket.connected('viewer');
    socket.socket.pause();
    const startedAt = performance.now();
    await own.server.close(200);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    socket.socket.terminate();
  });
});
