import { afterEach, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { GatewayRig, type Answer } from '../../../tests/testkit/gateway-rig.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { ModelProvider } from '../../ports/model-upstream.js';

let rig: GatewayRig;
afterEach(() => rig.close());

const AGENT_OF: Readonly<Record<ModelProvider, AiAgent>> = {
  anthropic: 'CLAUDE_CODE',
  openai: 'CODEX_CLI',
  google: 'GEMINI_CLI',
};
const start = async (provider: ModelProvider): Promise<void> => {
  rig = await GatewayRig.start({ provider, aiAgent: AGENT_OF[provider] });
};
const KEY = 'key-of-this-run';
const bearer = { authorization: `Bearer ${KEY}` };
const googleKey = { 'x-goog-api-key': KEY };
const parsed = ({ body }: Answer): unknown => JSON.parse(body.toString());
const sentOn = () => rig.received[0]!;

describe("a run of OpenAI's", () => {
  it.each([
    ['POST', '/openai/v1/responses', '/v1/responses'],
    ['POST', '/openai/v1/chat/completions?a=b', '/v1/chat/completions'],
    ['GET', '/openai/v1/models', '/v1/models'],
    ['GET', '/openai/v1/models/gpt-5.1', '/v1/models/gpt-5.1'],
  ])('passes %s %s with its key and the body as it is', async (method, path, expected) => {
    await start('openai');
    const body = method === 'POST' ? '{ "user": "ü",  "store": false, "temperature": 12345678901234567890 }' : '';
    const headers = { ...bearer, 'x-goog-api-key': KEY, 'openai-beta': 'x', 'content-type': 'application/json' };
    expect((await rig.call(method, path, headers, body)).status).toBe(200);
    const { message, body: received } = sentOn();
    expect([message.url, received]).toEqual([expected, body]);
    expect(message.headers).toMatchObject({ ...bearer, 'openai-beta': 'x', 'accept-encoding': 'identity' });
    for (const name of ['x-api-key', 'x-goog-api-key']) expect(message.headers).not.toHaveProperty(name);
  });

  it.each([
    ['GET', '/openai/v1/responses'],
    ['GET', '/openai/v1/responses/resp_1'],
    ['POST', '/openai/v1/files'],
    ['POST', '/openai/v1/embeddings'],
    ['POST', '/openai/v1/chat/completions/../../files'],
    ['POST', '/openai//evil.example/v1/responses'],
    ['POST', '/anthropic/v1/messages'],
    ['POST', '/google/v1beta/models/m:generateContent'],
  ])("refuses %s %s in OpenAI's form, without a call", async (method, path) => {
    await start('openai');
    const refused = await rig.call(method, path, bearer);
    expect(refused.status).toBe(404);
    expect(parsed(refused)).toMatchObject({
      error: { type: 'invalid_request_error', param: null, code: 'unknown_url' },
    });
    expect([...rig.received, ...rig.calls]).toEqual([]);
  });

  it.each([
    {},
    { authorization: 'Bearer other' },
    { ...bearer, 'api-key': 'other' },
    { ...bearer, 'x-goog-api-key': 'o' },
  ])("refuses the credentials %j in OpenAI's form", async (headers) => {
    await start('openai');
    const refused = await rig.call('POST', '/openai/v1/responses', headers, '{}');
    expect(refused.status).toBe(401);
    expect(parsed(refused)).toMatchObject({ error: { code: 'invalid_api_key' } });
    expect([...rig.received, ...rig.calls]).toEqual([]);
  });

  it('counts the last event of a Response before the agent can know it', async () => {
    await start('openai');
    const usage = { input_tokens: 9, input_tokens_details: { cached_tokens: 4 }, output_tokens: 3 };
    const event = { type: 'response.completed', response: { model: 'gpt-x', status: 'completed', usage } };
    rig.answer = (_request, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    };
    const response = await rig.begin('POST', '/openai/v1/responses', bearer, '{}').head;
    await new Promise((resolve) => response.once('data', resolve));
    expect(rig.calls).toMatchObject([
      {
        ...{ aiAgent: 'CODEX_CLI', outcome: 'COMPLETED', error: undefined, status: 200, model: 'gpt-x' },
        ...{ inputTokens: 5, cacheReadTokens: 4, outputTokens: 3 },
      },
    ]);
    response.destroy();
  });

  it('counts a failed Response as an error in spite of its status', async () => {
    await start('openai');
    const event = { type: 'response.failed', response: { status: 'failed', usage: null } };
    rig.answer = (_request, response) =>
      void response.setHeader('content-type', 'text/event-stream').end(`data: ${JSON.stringify(event)}\n\n`);
    await rig.call('POST', '/openai/v1/responses', bearer, '{}');
    expect(await rig.recorded()).toMatchObject({ outcome: 'FAILED', error: 'PROVIDER_ERROR', status: 200 });
  });
});

describe('a chat completion', () => {
  const sent = async (body: string, headers = {}) => {
    await start('openai');
    const answer = await rig.call('POST', '/openai/v1/chat/completions', { ...bearer, ...headers }, body);
    return { answer, received: rig.received[0]?.body };
  };

  it.each(['{ "stream": true, "stream_options": { "include_usage": true } }', '{ "stream": false }', '{}'])(
    'goes on as it came: %s',
    async (body) => {
      expect((await sent(body)).received).toBe(body);
    },
  );

  it.each([
    ['{"stream":true,"n":1}', { stream: true, n: 1, stream_options: { include_usage: true } }],
    ['{"stream":true,"stream_options":null}', { stream: true, stream_options: { include_usage: true } }],
    [
      '{"stream":true,"stream_options":{"include_usage":false,"include_obfuscation":true}}',
      { stream: true, stream_options: { include_usage: true, include_obfuscation: true } },
    ],
    [
      '{"stream":true,"metadata":{"include_usage":true},"user":"\\"include_usage\\":true"}',
      {
        stream: true,
        metadata: { include_usage: true },
        user: '"include_usage":true',
        stream_options: { include_usage: true },
      },
    ],
  ])('that is streamed asks for its usage: %s', async (body, expected) => {
    expect(JSON.parse((await sent(body)).received!)).toEqual(expected);
  });

  it('that is packed is refused, because the gateway could not see whether it asks', async () => {
    const { answer, received } = await sent('{}', { 'content-encoding': 'gzip' });
    expect([answer.status, received]).toEqual([415, undefined]);
    expect(parsed(answer)).toMatchObject({ error: { code: 'unsupported_content_encoding' } });
    expect(await rig.recorded()).toMatchObject({ outcome: 'FAILED', status: 415 });
  });
});

describe("a run of Google's", () => {
  const generate = '/google/v1beta/models/gemini-x:generateContent';

  it.each([
    ['POST', generate, '/v1beta/models/gemini-x:generateContent'],
    [
      'POST',
      '/google/v1beta/models/gemini-x:streamGenerateContent?alt=sse',
      '/v1beta/models/gemini-x:streamGenerateContent?alt=sse',
    ],
    ['POST', '/google/v1beta/models/gemini-x:countTokens', '/v1beta/models/gemini-x:countTokens'],
    ['GET', '/google/v1beta/models?pageSize=5', '/v1beta/models?pageSize=5'],
    ['GET', '/google/v1beta/models/gemini-x', '/v1beta/models/gemini-x'],
  ])('passes %s %s', async (method, path, expected) => {
    await start('google');
    expect((await rig.call(method, path, googleKey, method === 'POST' ? '{}' : '')).status).toBe(200);
    expect(sentOn().message.url).toBe(expected);
    expect(sentOn().message.headers).toMatchObject(googleKey);
  });

  it.each([
    ['POST', '/google/v1beta/models/gemini-x:batchGenerateContent'],
    ['POST', '/google/v1beta/files'],
    ['POST', '/google/v1beta/models/a%2Fb:generateContent'],
    ['POST', '/google/v1beta/models/../cachedContents'],
    ['GET', generate],
    ['POST', '/openai/v1/responses'],
  ])("refuses %s %s in Google's form, without a call", async (method, path) => {
    await start('google');
    const refused = await rig.call(method, path, googleKey);
    expect(refused.status).toBe(404);
    expect(parsed(refused)).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } });
    expect([...rig.received, ...rig.calls]).toEqual([]);
  });

  it('takes the key from the query, and passes it on in the header alone; it is logged nowhere', async () => {
    await start('google');
    rig.answer = (_request, response) => void response.writeHead(500).end('{}');
    const path = `${generate}?key=${KEY}&alt=sse&access_token=other&%24httpMethod=DELETE`;
    await rig.call('POST', path, { 'x-http-method-override': 'DELETE' }, '{}');
    const { url, headers } = sentOn().message;
    expect(url).toBe('/v1beta/models/gemini-x:generateContent?alt=sse');
    expect(headers).toMatchObject(googleKey);
    expect(headers).not.toHaveProperty('x-http-method-override');
    expect(rig.logged).toContain('a model call failed');
    expect(rig.logged).not.toContain(KEY);
  });

  it.each([
    ['', {}],
    ['?key=other', {}],
    ['?key=other', googleKey],
    [`?key=${KEY}&key=other`, {}],
    [`?key=${KEY}`, { 'x-goog-api-key': 'other' }],
  ])("refuses the query %j with %j in Google's form", async (query, headers) => {
    await start('google');
    const refused = await rig.call('POST', generate + query, headers, '{}');
    expect(refused.status).toBe(401);
    expect(parsed(refused)).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } });
    expect([...rig.received, ...rig.calls]).toEqual([]);
  });

  it('counts what it generated, and a count of tokens as a request alone', async () => {
    await start('google');
    const usageMetadata = { promptTokenCount: 8, candidatesTokenCount: 2, thoughtsTokenCount: 3, totalTokens: 13 };
    const answer = JSON.stringify({ candidates: [{ finishReason: 'STOP' }], usageMetadata, modelVersion: 'gemini-x' });
    rig.answer = (_request, response) => void response.setHeader('content-type', 'application/json').end(answer);
    await rig.call('POST', generate, googleKey, '{}');
    await rig.call('POST', '/google/v1beta/models/gemini-x:countTokens', googleKey, '{}');
    expect(rig.calls).toMatchObject([
      { outcome: 'COMPLETED', model: 'gemini-x', inputTokens: 8, outputTokens: 2, reasoningTokens: 3 },
      { outcome: 'COMPLETED', model: undefined, inputTokens: 0, outputTokens: 0 },
    ]);
  });
});

const piece = {
  usageMetadata: { promptTokenCount: 8, candidatesTokenCount: 2 },
  candidates: [{ content: { parts: [{ text: 'ü' }] } }],
};
const completed = {
  type: 'response.completed',
  response: { status: 'completed', usage: { input_tokens: 8, output_tokens: 2 } },
};

describe('a stream', () => {
  it.each([
    ['openai', '/openai/v1/chat/completions', bearer, 'data: {"choices":[{"delta":{"content":"x"}}]}\n\n', 0],
    ['openai', '/openai/v1/responses', bearer, 'data: {"type":"response.created","response":{}}\n\n', 0],
    [
      'google',
      '/google/v1beta/models/m:streamGenerateContent?alt=sse',
      googleKey,
      `data: ${JSON.stringify(piece)}\n\n`,
      2,
    ],
  ] as const)(
    'of %s that the provider cuts is a part, with what was known: %s',
    async (provider, path, key, sent, tokens) => {
      await start(provider);
      rig.answer = (incoming, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(sent);
        setTimeout(() => incoming.socket.destroy(), 30);
      };
      const answered = await rig.call('POST', path, key, '{}');
      expect([answered.cut, answered.body.toString()]).toEqual([true, sent]);
      expect(await rig.recorded()).toMatchObject({ outcome: 'PARTIAL', error: 'CUT', outputTokens: tokens });
    },
  );

  it('that the agent leaves is a part and no error', async () => {
    await start('google');
    rig.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`[${JSON.stringify(piece)}`);
    };
    const path = '/google/v1beta/models/m:streamGenerateContent';
    const response = await rig.begin('POST', path, googleKey, '{}').head;
    await new Promise((resolve) => response.once('data', resolve));
    response.destroy();
    expect(await rig.recorded()).toMatchObject({
      outcome: 'PARTIAL',
      error: undefined,
      inputTokens: 8,
      outputTokens: 2,
    });
  });

  it.each([
    ['openai', '/openai/v1/responses', bearer, 'text/event-stream', `data: ${JSON.stringify(completed)}\n\n`],
    [
      ...(['google', '/google/v1beta/models/m:streamGenerateContent', googleKey, 'application/json'] as const),
      JSON.stringify([piece, { ...piece, candidates: [{ finishReason: 'STOP' }] }]),
    ],
  ] as const)(
    'of %s that is packed passes as it is and is counted all the same',
    async (provider, path, key, type, sent) => {
      await start(provider);
      const packed = gzipSync(sent);
      rig.answer = (_request, response) => {
        response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
        response.write(packed.subarray(0, 12));
        response.end(packed.subarray(12));
      };
      expect((await rig.call('POST', path, key, '{}')).body.equals(packed)).toBe(true);
      expect(await rig.recorded()).toMatchObject({ outcome: 'COMPLETED', inputTokens: 8, outputTokens: 2 });
    },
  );
});
