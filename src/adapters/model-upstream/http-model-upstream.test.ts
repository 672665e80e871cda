import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ModelProvider, ModelRequest } from '../../ports/model-upstream.js';
import { HttpModelUpstream } from './http-model-upstream.js';

const PROVIDERS: readonly ModelProvider[] = ['anthropic', 'openai', 'google'];

let servers: Readonly<Record<ModelProvider, Server>>;
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
const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  received = [];
  answer = (_message, response) => void response.end('answered');
  servers = { anthropic: await listen('anthropic'), openai: await listen('openai'), google: await listen('google') };
  upstream = new HttpModelUpstream({
    baseUrls: {
      anthropic: urlOf(servers.anthropic),
      openai: `${urlOf(servers.openai)}/proxy/openai`,
      google: `${urlOf(servers.google)}/`,
    },
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
});
