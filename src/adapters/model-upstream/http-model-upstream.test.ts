import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ConnectPolicy } from '../../kernel/connect-policy.js';
import type { ModelProvider, ModelRequest } from '../../ports/model-upstream.js';
import { HttpModelUpstream } from './http-model-upstream.js';

const PROVIDERS: readonly ModelProvider[] = ['anthropic', 'openai', 'google'];

let servers: Readonly<Record<ModelProvider, Server>>;
let baseUrls: Record<ModelProvider, string>;
let upstream: HttpModelUpstream;
let received: { provider: ModelProvider; message: IncomingMessage; body: string }[];
let answer: RequestListener;

async function listen(provider: ModelProvider): Promise<Server> {
  const server = createServer((message, response) => {
    void text(message).then(
      (body) => {
        received.push({ provider, message, body });
        answer(message, response);
      },
      () => undefined,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
const policyOf = (networks: readonly string[]) =>
  new ConnectPolicy({ networks, ownServices: () => [], resolve: async () => ['127.0.0.1'] });
const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  received = [];
  answer = (_message, response) => void response.end('answered');
  servers = { anthropic: await listen('anthropic'), openai: await listen('openai'), google: await listen('google') };
  baseUrls = {
    anthropic: urlOf(servers.anthropic),
    openai: `${urlOf(servers.openai)}/proxy/openai`,
    google: `${urlOf(servers.google)}/`,
  };
  upstream = new HttpModelUpstream({
    baseUrls,
    policy: policyOf(['127.0.0.2/32']),
  });
});

afterEach(async () => {
  await upstream.close();
  for (const server of Object.values(servers)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

const request = (provider: ModelProvider, more: Partial<ModelRequest> = {}): ModelRequest => ({
  ...{ provider, method: 'POST', path: '/v1/x?a=b', headers: { 'x-test': 'yes' }, body: Buffer.from('{"ü":1}') },
  signal: new AbortController().signal,
  ...more,
});

describe('HttpModelUpstream', () => {
  it.each([
    ['anthropic', '/v1/x?a=b'],
    ['openai', '/proxy/openai/v1/x?a=b'],
    ['google', '/v1/x?a=b'],
  ] as const)("dials %s where its base URL points, behind the URL's path", async (provider, url) => {
    const { status, headers, body } = await upstream.send(request(provider));
    expect([status, await text(body)]).toEqual([200, 'answered']);
    expect(headers).toHaveProperty('content-length', '8');
    expect(received).toMatchObject([{ provider, body: '{"ü":1}', message: { url, headers: { 'x-test': 'yes' } } }]);
  });

  it('offers HTTP/1.1 alone over TLS', async () => {
    const hello = Promise.withResolvers<Buffer>();
    const server = createTcpServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (bytes) => {
          hello.resolve(bytes);
          socket.destroy();
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrls.openai = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(upstream.send(request('openai'))).rejects.toThrow();
    const offered = (await hello.promise).toString('latin1');
    expect([offered.includes('\x08http/1.1'), offered.includes('\x02h2')]).toEqual([true, false]);
    server.close();
  });

  it('sends no body where there is none', async () => {
    await upstream.send(request('openai', { method: 'GET', body: Buffer.alloc(0) }));
    expect(received[0]!.message.headers).not.toHaveProperty('content-length');
    expect(received[0]!.message.headers).not.toHaveProperty('transfer-encoding');
  });

  it('gives the answer as it streams, and hangs up when the caller goes away', async () => {
    const hungUp = Promise.withResolvers<unknown>();
    answer = (_message, response) => {
      response.on('close', () => hungUp.resolve(undefined));
      response.write('first');
    };
    const caller = new AbortController();
    const { body } = await upstream.send(request('google', { signal: caller.signal }));
    const [piece] = (await once(body, 'data')) as [Buffer];
    expect(piece.toString()).toBe('first');
    body.once('error', () => undefined);
    caller.abort();
    await hungUp.promise;
  });

  it.each(PROVIDERS)('rejects when %s is not there', async (provider) => {
    servers[provider].close();
    await expect(upstream.send(request(provider))).rejects.toThrow('ECONNREFUSED');
  });

  it("dials a tenant's base URL in its place, at an address that the policy permits, as a name and as itself", async () => {
    servers.openai.close();
    const { port } = servers.google.address() as AddressInfo;
    const permitting = new HttpModelUpstream({ baseUrls, policy: policyOf(['127.0.0.1/32']) });
    for (const host of ['127.0.0.1', 'models.example.com']) {
      const baseUrl = `http://${host}:${port}/tenant`;
      const { body } = await permitting.send(request('openai', { baseUrl }));
      expect(await text(body)).toBe('answered');
      expect(received.at(-1)).toMatchObject({ provider: 'google', message: { url: '/tenant/v1/x?a=b' } });
    }
    await permitting.close();
  });

  it.each(['127.0.0.1', 'models.example.com', '[::1]', '169.254.169.254'])(
    "refuses a tenant's base URL at %s, which the policy does not permit, without dialling it",
    async (host) => {
      const { port } = servers.openai.address() as AddressInfo;
      const sent = upstream.send(request('openai', { baseUrl: `http://${host}:${port}` }));
      await expect(sent).rejects.toThrow('on a network to which this server does not connect');
      expect(received).toEqual([]);
    },
  );

  it("speaks plain text to a tenant's name only while that is on a network of the operator's", async () => {
    const { port } = servers.openai.address() as AddressInfo;
    let address = '127.0.0.1';
    const policy = new ConnectPolicy({
      ...{ networks: ['127.0.0.1/32'], ownServices: () => [], resolve: async () => [address] },
    });
    const permitting = new HttpModelUpstream({ baseUrls, policy });
    const send = (host: string) => permitting.send(request('openai', { baseUrl: `http://${host}:${port}` }));
    expect((await send('models.internal')).status).toBe(200);
    address = '1.1.1.1';
    await expect(send('models.example.com')).rejects.toThrow('does not connect');
    await permitting.close();
  });

  it("does not speak plain text to a tenant's https base URL", async () => {
    const { port } = servers.openai.address() as AddressInfo;
    const permitting = new HttpModelUpstream({ baseUrls, policy: policyOf(['127.0.0.1/32']) });
    const sent = permitting.send(request('openai', { baseUrl: `https://models.example.com:${port}` }));
    await expect(sent).rejects.toThrow(/SSL|TLS|wrong version|packet/i);
    await permitting.close();
  });
});
