import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { startModelProxy, type ModelProxy } from './model-proxy.js';

type Handler = (...call: Parameters<RequestListener>) => unknown;

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

async function startProxy(): Promise<{ proxy: ModelProxy; listen: (handler: Handler) => Promise<Server> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proxy-'));
  closings.push(() => rm(folder, { recursive: true }));
  const socketPath = path.join(folder, 's');
  const proxy = await startModelProxy({ socketPath, port: 0, connectPatienceMs: 500 });
  closings.push(() => proxy.close());
  const listen = async (handler: Handler): Promise<Server> => {
    const server = createServer((request, response) => void handler(request, response)).listen(socketPath);
    await once(server, 'listening');
    closings.push(() => {
      server.close();
      server.closeAllConnections();
    });
    return server;
  };
  return { proxy, listen };
}

describe('the model proxy', () => {
  it('passes a call on with method, path, body and headers, but not those of the connection', async () => {
    const { proxy, listen } = await startProxy();
    await listen(async (call, response) => {
      const { 'x-api-key': key, 'x-hop': hop, te } = call.headers;
      response.writeHead(201, { 'x-answer': 'yes' });
      response.end(JSON.stringify([call.method, call.url, await text(call), key, hop, te]));
    });
    const sent = request(`${proxy.url}/anthropic/v1/messages?beta=true`, {
      method: 'POST',
      headers: { 'x-api-key': 'k', connection: 'close, x-hop', 'x-hop': '1', te: 'trailers' },
    });
    sent.end('body');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect([answer.statusCode, answer.headers['x-answer']]).toEqual([201, 'yes']);
    const expected = ['POST', '/model/anthropic/v1/messages?beta=true', 'body', 'k', null, null];
    expect(JSON.parse(await text(answer))).toEqual(expected);
  });

  it.each([
    '/openai/v1/responses',
    '/openai/v1/chat/completions?a=b%2Fc',
    '/google/v1beta/models/gemini-x:streamGenerateContent?alt=sse&key=k',
    '/google/v1beta/models/a%2Fb:countTokens',
  ])("passes any provider's path on as it is: %s", async (below) => {
    const { proxy, listen } = await startProxy();
    await listen((call, response) => void response.end(call.url));
    expect(await (await fetch(proxy.url + below)).text()).toBe(`/model${below}`);
  });

  it('streams each piece as it comes and cuts the stream when the server does', async () => {
    const { proxy, listen } = await startProxy();
    let write: (piece: string) => void = () => undefined;
    let cut: () => void = () => undefined;
    await listen((_call, response) => {
      response.write('first');
      write = (piece) => void response.write(piece);
      cut = () => response.destroy();
    });
    const reader = (await fetch(`${proxy.url}/anthropic/x`)).body!.getReader();
    expect(Buffer.from((await reader.read()).value).toString()).toBe('first');
    write('second');
    expect(Buffer.from((await reader.read()).value).toString()).toBe('second');
    cut();
    await expect(reader.read()).rejects.toThrow();
  });

  it('ends the call to the server when the client goes away', async () => {
    const { proxy, listen } = await startProxy();
    const gone = Promise.withResolvers<void>();
    await listen((_call, response) => {
      response.write('first');
      response.on('close', () => gone.resolve());
    });
    const abort = new AbortController();
    const answer = await fetch(`${proxy.url}/anthropic/x`, { signal: abort.signal });
    await answer.body!.getReader().read();
    abort.abort();
    await gone.promise;
  });

  it('waits for a server that comes back, and says 503 with retry-after when it does not', async () => {
    const { proxy, listen } = await startProxy();
    const refused = await fetch(`${proxy.url}/anthropic/x`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await refused.json()).toMatchObject({
      type: 'error',
      error: { type: 'api_error', message: expect.stringContaining('away'), code: 503, status: 'UNAVAILABLE' },
    });
    const waiting = fetch(`${proxy.url}/anthropic/x`);
    await delay(150);
    await listen((_call, response) => void response.end('back'));
    expect(await (await waiting).text()).toBe('back');
  });

  it('does not repeat a call that reached the server', async () => {
    const { proxy, listen } = await startProxy();
    let calls = 0;
    await listen((call) => {
      calls += 1;
      call.socket.destroy();
    });
    expect((await fetch(`${proxy.url}/anthropic/x`, { method: 'POST', body: 'x' })).status).toBe(502);
    expect(calls).toBe(1);
  });
});
