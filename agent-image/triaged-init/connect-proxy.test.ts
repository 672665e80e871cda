import { afterEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, request, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { RunRig } from '../../tests/testkit/run-rig.js';
import { ChannelRefusal } from '../../src/features/run-channel/index.js';
import { startConnectProxy, type ConnectProxy, type ConnectProxyOptions } from './connect-proxy.js';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closings.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** What the tunnels of a test lead to. */
async function serveSockets(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    closings.push(() => socket.destroy());
    serve(socket.on('error', () => undefined));
  });
  return listen(server);
}

const MODEL = '127.0.0.1:1';

/** A run channel whose tunnels lead to a port of this machine, and triaged-init's listener before it. */
async function startTunnels(port: number, options: Partial<ConnectProxyOptions> = {}) {
  const asked: string[] = [];
  const dialled: Socket[] = [];
  const rig = await RunRig.create({
    connect: async (authority) => {
      asked.push(authority);
      if (authority !== 'allowed.example:443') throw new ChannelRefusal(403, 'not on the list');
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      dialled.push(socket);
      await once(socket, 'connect');
      return socket;
    },
  });
  closings.push(() => rig.close());
  await rig.open();
  const { socketPath, token: channelToken } = rig;
  const proxy = await startConnectProxy({ socketPath, channelToken, modelAuthority: MODEL, ...options });
  closings.push(() => proxy.close());
  return { rig, proxy, asked, dialled };
}

/** A CONNECT as a client makes it; the socket is the tunnel's when the status is 200. */
async function tunnel(proxy: ConnectProxy, authority = 'allowed.example:443') {
  const sent = request({ port: new URL(proxy.url).port, method: 'CONNECT', path: authority });
  sent.end();
  const [response, socket, head] = (await once(sent, 'connect')) as [IncomingMessage, Socket, Buffer];
  closings.push(() => socket.destroy());
  socket.on('error', () => undefined);
  const body = async (): Promise<unknown> =>
    JSON.parse(Buffer.concat([head, await buffer(socket)]).toString('utf8')) as unknown;
  return { status: response.statusCode, socket, body };
}

const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

describe('a tunnel', () => {
  it('carries many bytes both ways at once, unchanged', async () => {
    const { proxy } = await startTunnels(await serveSockets((socket) => socket.pipe(socket)));
    const { status, socket } = await tunnel(proxy);
    expect(status).toBe(200);
    const sent = randomBytes(20 * 1024 * 1024);
    const received = buffer(socket);
    socket.end(sent);
    expect(sha256(await received)).toBe(sha256(sent));
  });

  it('takes what a client sends along with its CONNECT', async () => {
    const { proxy } = await startTunnels(await serveSockets((socket) => socket.pipe(socket)));
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    socket.end('CONNECT allowed.example:443 HTTP/1.1\r\nhost: allowed.example:443\r\n\r\nearly');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 [^\r]+\r\n\r\nearly$/);
  });

  it('passes the end of one direction on and keeps the other open', async () => {
    const port = await serveSockets((socket) => {
      let count = 0;
      socket.on('data', (chunk: Buffer) => (count += chunk.length));
      socket.on('end', () => setTimeout(() => socket.end(`${count} bytes`), 100));
    });
    const { proxy } = await startTunnels(port);
    const { socket } = await tunnel(proxy);
    socket.end('12345');
    expect(await text(socket)).toBe('5 bytes');
  });

  it('slows down a sender whose receiver reads nothing', async () => {
    let taken = 0;
    const port = await serveSockets((socket) => {
      const piece = Buffer.alloc(64 * 1024);
      const more = (): void => {
        while (!socket.destroyed && socket.write(piece)) taken = socket.bytesWritten;
        socket.once('drain', more);
      };
      more();
    });
    const { proxy } = await startTunnels(port);
    const { socket } = await tunnel(proxy);
    socket.pause();
    let before: number;
    do {
      before = taken;
      expect(before).toBeLessThan(64 * 1024 * 1024);
      await delay(500);
    } while (taken === 0 || taken !== before);
  });

  it.each(['destroy', 'resetAndDestroy'] as const)('ends at its other end after %s at one', async (way) => {
    const ended = Promise.withResolvers<void>();
    const port = await serveSockets((socket) => {
      const writing = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => {
        clearInterval(writing);
        ended.resolve();
      });
    });
    const { proxy } = await startTunnels(port);
    const { socket } = await tunnel(proxy);
    socket[way]();
    await ended.promise;
  });

  it('is cut when the channel is closed, and so is what it leads to', async () => {
    const { proxy, rig, dialled } = await startTunnels(await serveSockets((socket) => socket.write('x')));
    const { socket } = await tunnel(proxy);
    const begun = Date.now();
    await rig.channel!.close();
    await once(socket, 'close');
    if (!dialled[0]!.destroyed) await once(dialled[0]!, 'close');
    expect(Date.now() - begun).toBeLessThan(3000);
  });

  it('to the model listener stays here, for a CLI that does not heed NO_PROXY', async () => {
    const model = await listen(createHttpServer((_call, response) => void response.end('a model')));
    const { proxy, asked } = await startTunnels(1, { modelAuthority: `127.0.0.1:${model}` });
    const { status, socket } = await tunnel(proxy, `127.0.0.1:${model}`);
    socket.end('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect([status, await text(socket), asked]).toEqual([200, expect.stringMatching(/a model$/), []]);
  });
});

describe('a CONNECT', () => {
  it("gets the server's refusal as it is", async () => {
    const { proxy, asked } = await startTunnels(1);
    for (const authority of ['other.example:443', 'nonsense', '[::1]:22']) {
      const refused = await tunnel(proxy, authority);
      expect([refused.status, await refused.body()]).toEqual([403, { message: 'not on the list' }]);
    }
    expect(asked).toEqual(['other.example:443', 'nonsense', '[::1]:22']);
  });

  it('waits for a server that comes back, and says 503 when it does not', async () => {
    const port = await serveSockets((socket) => socket.pipe(socket));
    const { proxy, rig } = await startTunnels(port, { connectPatienceMs: 500 });
    await rig.cut();
    const refused = await tunnel(proxy);
    expect([refused.status, await refused.body()]).toEqual([
      503,
      { message: expect.stringContaining('The server is away') },
    ]);
    const waiting = tunnel(proxy);
    await delay(150);
    await rig.open();
    expect((await waiting).status).toBe(200);
  });

  it('without the channel token is refused by the server', async () => {
    const { proxy, asked } = await startTunnels(1, { channelToken: 'a guess' });
    expect((await tunnel(proxy)).status).toBe(401);
    expect(asked).toEqual([]);
  });

  it('is the only thing that the listener knows: plain HTTP is told so', async () => {
    const { proxy, asked } = await startTunnels(1);
    const sent = request({ port: new URL(proxy.url).port, path: 'http://allowed.example/x' });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect([response.statusCode, JSON.parse(await text(response))]).toEqual([
      405,
      { message: expect.stringContaining('use https') },
    ]);
    expect(asked).toEqual([]);
  });
});
