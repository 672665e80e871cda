import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { GatewayRig, type Answer } from '../../../tests/testkit/gateway-rig.js';

const events = [
  ...[{ type: 'message_start', message: { model: 'claude-x', usage: { input_tokens: 7, output_tokens: 1 } } }],
  ...[{ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hellö' } }],
  ...[{ type: 'message_delta', usage: { output_tokens: 9 } }, { type: 'message_stop' }],
].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
const message = JSON.stringify({ type: 'message', model: 'claude-x', usage: { input_tokens: 7, output_tokens: 9 } });

let rig: GatewayRig;
beforeEach(async () => {
  rig = await GatewayRig.start({ aiAgent: 'CLAUDE_CODE', provider: 'anthropic' });
  rig.answer = (_request, response) => void response.setHeader('content-type', 'application/json').end(message);
});
afterEach(() => rig.close());

const withKey = (headers: Readonly<Record<string, string>>) => ({ 'x-api-key': rig.caller.credential, ...headers });
const begin = (method: string, path: string, body?: string, headers = {}) =>
  rig.begin(method, path, withKey(headers), body);
const call = (method = 'POST', path = '/anthropic/v1/messages?beta=true', body = '{}', headers = {}): Promise<Answer> =>
  rig.call(method, path, withKey(headers), body);
const callRecorded = () => rig.recorded();

const stream = (response: ServerResponse, parts: readonly string[]): void => {
  response.setHeader('content-type', 'text/event-stream');
  for (const part of parts) response.write(part);
};
const errorType = ({ body }: Answer): string => (JSON.parse(body.toString()) as { error: { type: string } }).error.type;
describe('Gateway: what it lets through', () => {
  it.each([
    ['POST', '/anthropic/v1/messages', '/v1/messages'],
    ['POST', '/anthropic/v1/messages?beta=true', '/v1/messages?beta=true'],
    ['POST', '/anthropic/v1/messages/count_tokens', '/v1/messages/count_tokens'],
    ['GET', '/anthropic/v1/models?limit=3', '/v1/models?limit=3'],
    ['GET', '/anthropic/v1/models/claude-x', '/v1/models/claude-x'],
  ])('passes %s %s', async (method, path, expected) => {
    expect((await call(method, path, method === 'POST' ? '{}' : '')).status).toBe(200);
    expect(rig.received[0]!.message.url).toBe(expected);
  });

  it.each([
    ['GET', '/anthropic/v1/messages'],
    ['DELETE', '/anthropic/v1/models/claude-x'],
    ['POST', '/anthropic/v1/files'],
    ['POST', '/anthropic/v1/messages/batches'],
    ['POST', '/anthropic/v1/messages/'],
    ['POST', '/anthropic/v1/messages/../files'],
    ['POST', '/anthropic/v1/messages/%2e%2e/files'],
    ['POST', '/anthropic//v1/messages'],
    ['GET', '/anthropic/v1/models/a%2Fb'],
    ['POST', '/anthropic//evil.example/v1/messages'],
    ['POST', '/v1/messages'],
    ['POST', '/openai/v1/responses'],
  ])("refuses %s %s in the provider's form, without a call", async (method, path) => {
    const refused = await call(method, path, '');
    expect(refused.status).toBe(404);
    expect(JSON.parse(refused.body.toString())).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    expect([...rig.received, ...rig.calls]).toEqual([]);
  });

  it.each([
    [{ 'x-api-key': 'sk-ant-of-another-run' }],
    [{ 'x-api-key': '' }],
    [{ 'x-api-key': '', authorization: 'Bearer wrong' }],
    [{ authorization: 'Bearer wrong' }],
  ])('refuses credentials %j', async (headers) => {
    const refused = await call('POST', '/anthropic/v1/messages', '{}', headers);
    expect([refused.status, errorType(refused)]).toEqual([401, 'authentication_error']);
    expect(refused.headers['x-should-retry']).toBe('false');
    expect([...rig.received, ...rig.calls]).toEqual([]);
  });

  it('accepts the credential as bearer token alone', async () => {
    const response = await fetch(`${rig.url}/anthropic/v1/messages`, {
      ...{ method: 'POST', body: '{}', headers: { authorization: `Bearer ${rig.caller.credential}` } },
    });
    expect([response.status, await response.text()]).toEqual([200, message]);
  });

  it("replaces credentials, asks for an unpacked answer, and passes the protocol's headers", async () => {
    await call('POST', '/anthropic/v1/messages', '{"top_k":1}', {
      ...{ cookie: 'a=b', 'x-forwarded-for': '10.0.0.1', connection: 'keep-alive, x-hop', 'x-hop': '1' },
      ...{ 'anthropic-version': '2023-06-01', 'anthropic-beta': 'x', 'accept-encoding': 'gzip, br' },
    });
    const { headers } = rig.received[0]!.message;
    expect(headers).toMatchObject({
      ...{ 'x-api-key': rig.caller.credential, 'accept-encoding': 'identity' },
      ...{ 'anthropic-version': '2023-06-01', 'anthropic-beta': 'x', host: new URL(rig.providerUrl).host },
    });
    for (const name of ['authorization', 'cookie', 'x-forwarded-for', 'x-hop'])
      expect(headers).not.toHaveProperty(name);
    expect(rig.received[0]!.body).toBe('{"top_k":1}');
  });

  it('refuses a body over 32 MiB and counts the call as failed', async () => {
    const { sent, head } = begin('POST', '/anthropic/v1/messages', undefined, {
      'content-length': String(32 * 1024 * 1024 + 1),
    });
    sent.on('error', () => undefined);
    expect((await head).statusCode).toBe(413);
    expect(await callRecorded()).toMatchObject({ outcome: 'FAILED', status: 413, error: 'REFUSED' });
    expect(rig.received).toEqual([]);
  });
});

describe('Gateway: answers', () => {
  it('streams each piece on as it comes, and the bytes are the same', async () => {
    rig.answer = (_request, response) => stream(response, [events[0]!]);
    const { head } = begin('POST', '/anthropic/v1/messages', '{}');
    const response = await head;
    const [first] = (await once(response, 'data')) as [Buffer];
    expect(first.toString()).toBe(events[0]);
    expect(rig.calls).toEqual([]);
    response.destroy();
    await callRecorded();
  });

  it('counts a streamed call before the agent can know its end', async () => {
    rig.answer = (_request, response) => stream(response, events);
    const { head } = begin('POST', '/anthropic/v1/messages', '{}');
    const response = await head;
    const told = Promise.withResolvers<readonly unknown[]>();
    let seen = '';
    response.on('data', (piece: Buffer) => {
      seen += piece.toString();
      if (seen.includes('message_stop')) told.resolve([...rig.calls]);
    });
    const callsByThen = await told.promise;
    expect(seen).toBe(events.join(''));
    const { agentKeys: _keys, credential: _credential, provider: _provider, ...whose } = rig.caller;
    const figures = {
      outcome: 'COMPLETED',
      error: undefined,
      status: 200,
      model: 'claude-x',
      inputTokens: 7,
      outputTokens: 9,
    };
    expect(callsByThen).toMatchObject([{ ...whose, ...figures }]);
    response.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(rig.calls).toHaveLength(1);
  });

  it('counts an answer in one piece', async () => {
    expect((await call()).body.toString()).toBe(message);
    expect(await callRecorded()).toMatchObject({ outcome: 'COMPLETED', inputTokens: 7, outputTokens: 9 });
  });

  it('counts a side call as a request without tokens', async () => {
    rig.answer = (_request, response) => void response.end('{"input_tokens":12}');
    await call('POST', '/anthropic/v1/messages/count_tokens');
    expect(await callRecorded()).toMatchObject({ outcome: 'COMPLETED', inputTokens: 0, outputTokens: 0 });
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('passes %s on as it is and reads the usage all the same', async (encoding, pack) => {
    const packed = pack(Buffer.from(events.join('')));
    rig.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding });
      for (let i = 0; i < packed.length; i += 10) response.write(packed.subarray(i, i + 10));
      response.end();
    };
    const answered = await call();
    expect(answered.headers['content-encoding']).toBe(encoding);
    expect(answered.body.equals(packed)).toBe(true);
    expect(await callRecorded()).toMatchObject({ outcome: 'COMPLETED', inputTokens: 7, outputTokens: 9 });
  });

  it('passes on what claims to be packed and is not', async () => {
    rig.answer = (_request, response) => void response.setHeader('content-encoding', 'gzip').end(message);
    expect((await call()).body.toString()).toBe(message);
    expect((await callRecorded()).inputTokens).toBe(0);
  });

  it('leaves out headers that concern the connection to the provider alone', async () => {
    rig.answer = (_request, response) =>
      void response
        .writeHead(200, { 'set-cookie': 'a=b', 'request-id': 'req_1', 'x-hop': '1', connection: 'keep-alive, x-hop' })
        .end(message);
    const { headers } = await call();
    expect(headers).toMatchObject({ 'request-id': 'req_1' });
    for (const name of ['set-cookie', 'x-hop']) expect(headers).not.toHaveProperty(name);
  });

  it('does not follow a redirect', async () => {
    rig.answer = (_request, response) => void response.writeHead(307, { location: '/elsewhere' }).end();
    expect((await call()).status).toBe(307);
    expect(rig.received).toHaveLength(1);
  });
});

describe('Gateway: failures', () => {
  it.each([429, 500, 529])('passes %d on with body and retry-after, and counts an error', async (status) => {
    const body = '{"type":"error","error":{"type":"overloaded_error","message":"later"}}';
    rig.answer = (_request, response) => void response.writeHead(status, { 'retry-after': '7' }).end(body);
    const answered = await call();
    expect([answered.status, answered.headers['retry-after'], answered.body.toString()]).toEqual([status, '7', body]);
    expect(await callRecorded()).toMatchObject({
      outcome: 'FAILED',
      error: status === 429 ? 'RATE_LIMITED' : 'PROVIDER_ERROR',
      status,
    });
  });

  it('answers 504 when the provider does not begin to answer, and hangs up on it', async () => {
    const hungUp = Promise.withResolvers<unknown>();
    rig.answer = (_request, response) => void response.on('close', () => hungUp.resolve(undefined));
    const answered = await call();
    expect([answered.status, errorType(answered)]).toEqual([504, 'timeout_error']);
    await hungUp.promise;
    expect(await callRecorded()).toMatchObject({ outcome: 'FAILED', status: 504, error: 'TIMEOUT' });
  });

  it('answers 502 when the provider cannot be reached', async () => {
    rig.answer = (incoming) => incoming.socket.destroy();
    const answered = await call();
    expect([answered.status, errorType(answered)]).toEqual([502, 'api_error']);
    expect(await callRecorded()).toMatchObject({ outcome: 'FAILED', status: 502, error: 'UNREACHABLE' });
  });

  it('cuts the agent off when the provider cuts the stream, and keeps what is known', async () => {
    rig.answer = (incoming, response) => {
      stream(response, events.slice(0, 2));
      setTimeout(() => incoming.socket.destroy(), 30);
    };
    const answered = await call();
    expect([answered.cut, answered.body.toString()]).toEqual([true, events.slice(0, 2).join('')]);
    expect(await callRecorded()).toMatchObject({ outcome: 'PARTIAL', error: 'CUT', inputTokens: 7, outputTokens: 1 });
  });

  it('counts a stream that ends neatly without its last event as cut by the provider', async () => {
    rig.answer = (_request, response) => {
      stream(response, events.slice(0, 2));
      response.end();
    };
    expect((await call()).cut).toBe(false);
    expect(await callRecorded()).toMatchObject({ outcome: 'PARTIAL', error: 'CUT' });
  });

  it('counts an error inside a stream', async () => {
    rig.answer = (_request, response) => {
      stream(response, [events[0]!, 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n']);
      response.end();
    };
    await call();
    expect(await callRecorded()).toMatchObject({
      outcome: 'FAILED',
      error: 'PROVIDER_ERROR',
      status: 200,
      inputTokens: 7,
    });
  });

  it('logs each call that fails, once, with its id, class, status and model', async () => {
    rig.answer = (_request, response) => {
      stream(response, [events[0]!, 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n']);
      response.end();
    };
    await call();
    const { callId, runId, model } = await callRecorded();
    const lines = rig.logged.split('\n').filter((line) => line.includes('a model call failed'));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 40, callId, runId, error: 'PROVIDER_ERROR', status: 200, outcome: 'FAILED', model },
    ]);
  });

  it('hangs up on the provider when the agent goes away while the answer streams, which is no error', async () => {
    const hungUp = Promise.withResolvers<unknown>();
    rig.answer = (_request, response) => {
      response.on('close', () => hungUp.resolve(undefined));
      stream(response, [events[0]!]);
    };
    const response = await begin('POST', '/anthropic/v1/messages', '{}').head;
    await once(response, 'data');
    response.destroy();
    await hungUp.promise;
    expect(await callRecorded()).toMatchObject({
      ...{ outcome: 'PARTIAL', error: undefined, inputTokens: 7 },
      unreportedTokens: expect.any(Number),
    });
  });

  it('hangs up on the provider when the agent goes away before the answer', async () => {
    const { sent, head } = begin('POST', '/anthropic/v1/messages', '{}');
    head.catch(() => undefined);
    const hungUp = Promise.withResolvers<unknown>();
    rig.answer = (_request, response) => {
      response.on('close', () => hungUp.resolve(undefined));
      sent.destroy();
    };
    await hungUp.promise;
    expect(await callRecorded()).toMatchObject({
      ...{ outcome: 'PARTIAL', error: undefined, status: undefined, inputTokens: 0 },
      unreportedTokens: expect.any(Number),
    });
  });
});
