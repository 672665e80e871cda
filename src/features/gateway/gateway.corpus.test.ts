import { afterEach, describe, expect, it } from '@jest/globals';
import { GatewayRig } from '../../../tests/testkit/gateway-rig.js';
import { MODEL_CALL_CORPUS, type CallCorpus } from '../../../tests/testkit/model-call-corpus/index.js';
import { PROVIDER_FEATURE_NAMES } from '../../kernel/provider-features.js';

let rig: GatewayRig;
afterEach(() => rig.close());

const start = async ({ provider }: Pick<CallCorpus, 'provider'>): Promise<void> => {
  rig = await GatewayRig.start({ aiAgent: 'OPENCODE', provider });
};
const withKey = { authorization: 'Bearer key-of-this-run', 'content-type': 'application/json' };
const post = (path: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}) =>
  rig.call('POST', path, { ...withKey, ...headers }, body);

/** The message in the provider's own form of a refusal. */
function refusalOf({ provider }: Pick<CallCorpus, 'provider'>, body: Buffer): string {
  const parsed = JSON.parse(body.toString()) as { error: { message: string } };
  const message = expect.any(String);
  const forms = {
    anthropic: { type: 'error', error: { type: 'permission_error', message } },
    openai: { error: { message, type: 'invalid_request_error', param: null, code: 'unsupported_parameter' } },
    google: { error: { code: 403, message, status: 'PERMISSION_DENIED' } },
  };
  expect(parsed).toEqual(forms[provider]);
  return parsed.error.message;
}

describe.each(MODEL_CALL_CORPUS.map((corpus) => [corpus.path, corpus] as const))('%s', (path, corpus) => {
  it.each(corpus.hostile.map((call) => [call.name, call] as const))('refuses %s', async (_name, call) => {
    await start(corpus);
    const refused = await post(path, call.body);
    expect(refused.status).toBe(403);
    expect(refused.headers['x-should-retry']).toBe('false');
    const message = refusalOf(corpus, refused.body);
    expect(message).toContain(`\`${call.place}\``);
    if (call.feature) expect(message).toContain(`updateInstance with ${call.feature} in providerFeatures`);
    expect(rig.received).toEqual([]);
    expect(rig.calls).toMatchObject([{ outcome: 'FAILED', status: 403, error: 'REFUSED', inputTokens: 0 }]);

    const others = PROVIDER_FEATURE_NAMES.filter((feature) => feature !== call.feature);
    rig.allow(...others);
    expect((await post(path, call.body)).status).toBe(403);
    expect(rig.received).toEqual([]);
    if (!call.feature) return;
    rig.allow(call.feature);
    expect((await post(path, call.body)).status).toBe(200);
    // What is kept is no longer declined, and nothing else was changed either.
    expect(rig.received.map(({ body }) => body)).toEqual([call.body]);
  });

  it.each(Object.entries(corpus.benign))('passes %s byte for byte', async (_name, body) => {
    await start(corpus);
    expect((await post(path, body)).status).toBe(200);
    expect(rig.received.map((received) => received.body)).toEqual([body]);
  });

  it.each([
    ['a name twice', '{"model":"m","model":"n"}'],
    ['a name twice, far down', '{"model":"m","metadata":{"a":{"b":[{"c":1,"c":1}]}}}'],
    ['a name twice, once in escapes', '{"model":"m","mod\\u0065l":"n"}'],
    ['a name twice, hiding what it held', '{"tools":[{"type":"web_search","name":"x"}],"tools":[]}'],
    ['a byte order mark', '\ufeff{"model":"m"}'],
    ['UTF-16', Buffer.from('{"model":"m"}', 'utf16le')],
    ['a byte that is no UTF-8', Buffer.from('{"model":"\xff"}', 'latin1')],
    [
      'UTF-8 that is longer than need be',
      Buffer.from([...Buffer.from('{"model":"'), 0xc0, 0xaf, ...Buffer.from('"}')]),
    ],
    ['half a character', Buffer.from([...Buffer.from('{"model":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')])],
    ['NaN', '{"temperature":NaN}'],
    ['a comment', '{"model":"m"/*,*/}'],
    ['a comma too many', '{"model":"m",}'],
    ['single quotes', "{'model':'m'}"],
    ['a line feed in a text', '{"model":"a\nb"}'],
    ['two values', '{"model":"m"}{"model":"m"}'],
    ['a zero behind it', '{"model":"m"}\0'],
    ['a list', '[{"model":"m"}]'],
    ['nothing', ''],
    ['a form', 'model=m&tools=web_search'],
    ['what is too deep', `{"metadata":${'['.repeat(200)}${']'.repeat(200)}}`],
    ['what is deep enough for any stack', `{"metadata":${'['.repeat(5_000_000)}`],
    ['what holds too much', `{"metadata":[${'0,'.repeat(200_000)}0]}`],
    ['a name of a zero', '{"model\\u0000":"m"}'],
    ['a name that looks alike', '{"ｍodel":"m"}'],
    ['a name that every object has', '{"__proto__":{"tools":[]}}'],
  ])('refuses %s', async (_name, body) => {
    await start(corpus);
    const refused = await post(path, body);
    expect(refused.status).toBe(403);
    refusalOf(corpus, refused.body);
    expect(rig.received).toEqual([]);
    expect(rig.calls).toMatchObject([{ error: 'REFUSED' }]);
  });

  it('tells the provider what it read, whatever the agent calls it', async () => {
    await start(corpus);
    for (const type of ['application/json; charset=utf-16', 'application/x-protobuf', 'text/plain', '']) {
      await post(path, '{}', { 'content-type': type });
    }
    expect(rig.received.map(({ message }) => message.headers['content-type'])).toEqual(
      Array(4).fill('application/json'),
    );
  });

  it('logs what was refused and where, and nothing that the request says', async () => {
    await start(corpus);
    const secret = 'sk-ant-api03-of-somebody';
    await post(path, JSON.stringify({ [secret]: secret, model: 'm' }));
    await post(path, JSON.stringify({ tools: [{ type: secret, name: secret }], model: 'm' }));
    expect(rig.received).toEqual([]);
    expect(rig.logged).toContain('a model call was refused: nothing was sent');
    expect(rig.logged).toContain('`(another name)`');
    expect(rig.logged).not.toContain(secret);
  });
});

describe('side calls and what stands beside a body', () => {
  const counting = [
    ['anthropic', '/anthropic/v1/messages/count_tokens', 'messages[0].content[0].source.type'],
    [
      'google',
      '/google/v1beta/models/gemini-x:countTokens',
      'generateContentRequest.contents[0].parts[0].fileData.fileUri',
    ],
  ] as const;
  const image = { type: 'image', source: { type: 'url', url: 'https://attacker.example/' } };
  const bodies = {
    anthropic: { model: 'm', messages: [{ role: 'user', content: [image] }] },
    google: {
      generateContentRequest: { contents: [{ parts: [{ fileData: { fileUri: 'https://attacker.example/' } }] }] },
    },
  };

  it.each(counting)('counting for %s fetches nothing either', async (provider, path, place) => {
    await start({ provider });
    const refused = await post(path, JSON.stringify(bodies[provider]));
    expect([refused.status, refusalOf({ provider }, refused.body)]).toEqual([403, expect.stringContaining(place)]);
    expect(rig.received).toEqual([]);
  });

  it.each([
    ['anthropic', '/anthropic/v1/models'],
    ['openai', '/openai/v1/models'],
    ['google', '/google/v1beta/models'],
  ] as const)('asks %s for models without a body', async (provider, path) => {
    await start({ provider });
    const headers = { ...withKey, 'content-length': '2' };
    expect((await rig.call('GET', path, headers, '{}')).status).toBe(403);
    expect(rig.received).toEqual([]);
  });

  it('leaves out betas that only serve what is not allowed, and a field mask', async () => {
    await start({ provider: 'anthropic' });
    const betas =
      'claude-code-20250219, MCP-client-2025-11-20,files-api-2025-04-14 ,code-execution-2025-08-25,effort-2025-11-24';
    const beta = async () => {
      await post('/anthropic/v1/messages', '{}', { 'anthropic-beta': betas, 'x-goog-fieldmask': 'candidates' });
      return rig.received.at(-1)!.message.headers['anthropic-beta'];
    };
    expect(await beta()).toBe('claude-code-20250219,effort-2025-11-24');
    rig.allow('FILES');
    expect(await beta()).toBe('claude-code-20250219,files-api-2025-04-14,effort-2025-11-24');
    await rig.close();
    await start({ provider: 'google' });
    await post('/google/v1beta/models/m:generateContent', '{}', {
      'x-goog-fieldmask': 'candidates',
      'x-goog-api-client': 'c',
    });
    expect(rig.received[0]!.message.headers).toMatchObject({ 'x-goog-api-client': 'c' });
    expect(rig.received[0]!.message.headers).not.toHaveProperty('x-goog-fieldmask');
  });

  it.each([
    ['anthropic', '/anthropic/v1/messages?beta=true&beta=1&x=y', '/v1/messages?beta=true'],
    ['openai', '/openai/v1/responses?background=true', '/v1/responses'],
    [
      'google',
      '/google/v1beta/models/m:generateContent?alt=proto&fields=candidates&%24alt=media',
      '/v1beta/models/m:generateContent',
    ],
  ] as const)('passes no query that is not known: %s', async (provider, path, expected) => {
    await start({ provider });
    await post(path, '{"store":false}');
    expect(rig.received.map(({ message }) => message.url)).toEqual(provider === 'anthropic' ? [] : [expected]);
    await post(path, '{}');
    expect(rig.received.at(-1)!.message.url).toBe(expected);
  });

  it.each([
    ['{"model":"m","input":"x"}', { model: 'm', input: 'x', store: false }],
    ['{"store":null,"input":"x"}', { input: 'x', store: false }],
  ])('declines for %s what a provider would keep unasked, unless it may', async (asked, sent) => {
    await start({ provider: 'openai' });
    await post('/openai/v1/responses', asked);
    rig.allow('STORED_STATE');
    await post('/openai/v1/responses', asked);
    expect([JSON.parse(rig.received[0]!.body), rig.received[1]!.body]).toEqual([sent, asked]);
  });

  it.each([
    ['responses', '{}', '{"store":false}'],
    [
      'responses',
      ' { "tools":[{"type":"function","parameters":{"maximum":9223372036854775807}}], "temperature":1.0,"input":"\\u00fc" } ',
      ' {"store":false, "tools":[{"type":"function","parameters":{"maximum":9223372036854775807}}], "temperature":1.0,"input":"\\u00fc" } ',
    ],
    [
      'chat/completions',
      '{"stream":true,"seed":12345678901234567890}',
      '{"stream_options":{"include_usage":true},"stream":true,"seed":12345678901234567890}',
    ],
  ])('changes nothing else of a body for that: %s %s', async (path, asked, sent) => {
    await start({ provider: 'openai' });
    await post(`/openai/v1/${path}`, asked);
    expect(rig.received.map(({ body }) => body)).toEqual([sent]);
  });
});
