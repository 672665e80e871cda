import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AI_AGENT_NAMES } from '../../src/kernel/ai-agents.js';
import type { TestClient } from '../testkit/client.js';
import { TEST_CONNECTION, testConnection } from '../testkit/connection-tests.js';
import { answerWell, json, startScriptedProvider } from '../testkit/scripted-provider.js';
import type { ScriptedProvider } from '../testkit/scripted-provider.js';
import { createDataFolder } from '../testkit/server.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { createInstance, randomKey } from '../testkit/triage.js';

const KEY = randomKey();

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let provider: ScriptedProvider;
let stranger: ScriptedProvider;
let server: TenantsServer;
let admin: TestClient;

const startServer = (environment: Readonly<Record<string, string>>) =>
  startTenantsServer({
    tenants: ['ours', 'theirs'],
    environment: { RATE_LIMIT_REQUESTS: '1000000', ...environment },
  });

beforeAll(async () => {
  folder = await createDataFolder();
  [provider, stranger] = await Promise.all([startScriptedProvider(), startScriptedProvider()]);
  const authority = path.join(folder.path, 'ca.pem');
  await provider.writeAuthority(authority);
  server = await startServer({
    MODEL_UPSTREAM: 'http',
    NODE_EXTRA_CA_CERTS: authority,
    ANTHROPIC_UPSTREAM_URL: `${provider.url}/anthropic`,
    OPENAI_UPSTREAM_URL: `${provider.url}/openai`,
    GOOGLE_UPSTREAM_URL: `${provider.url}/google`,
  });
  admin = server.client('ours', 'ADMIN');
});

afterAll(async () => {
  await server?.close();
  await Promise.all([provider?.close(), stranger?.close(), folder?.remove()]);
});

/** What the provider is told of the key, model and no more. */
const CALLS = [
  ['CLAUDE_CODE', '/anthropic/v1/messages', 'x-api-key', KEY, 'claude-sonnet-4-20250514'],
  ['CODEX_CLI', '/openai/v1/responses', 'authorization', `Bearer ${KEY}`, 'gpt-5.5'],
  ['GEMINI_CLI', '/google/v1beta/models/gemini-2.5-pro:generateContent', 'x-goog-api-key', KEY, 'gemini-2.5-pro'],
  ['OPENCODE', '/openai/v1/responses', 'authorization', `Bearer ${KEY}`, 'gpt-4.1'],
  ['GOOSE', '/openai/v1/chat/completions', 'authorization', `Bearer ${KEY}`, 'gpt-4.1'],
] as const;

describe('testAiAgentConnection', () => {
  it.each(CALLS)(
    'asks the provider of %s at %s, once, with key and model',
    async (aiAgent, url, header, value, model) => {
      const instance = await createInstance(admin, { aiAgent, apiKey: KEY, start: false });
      provider.play(answerWell);
      const seen = { ok: true, model: `${model}-2026-11-01`, failure: null };
      expect(await testConnection(admin, instance, aiAgent)).toEqual({
        ...{ ...seen, upstream: 'HTTP', latencyMs: expect.any(Number), provider: seen },
      });
      expect(provider.requests).toHaveLength(1);
      const [request] = provider.requests;
      expect(request).toMatchObject({ path: url, headers: { [header]: value } });
      if (aiAgent !== 'GEMINI_CLI') expect(request!.body.model).toBe(model);
    },
  );

  it('tries the active key, not the one that the running instance pinned', async () => {
    const instance = await createInstance(admin, { apiKey: KEY });
    const apiKey = randomKey();
    await admin.ok(`mutation ($input: ConfigureAiAgentInput!) { configureAiAgent(input: $input) { aiAgent } }`, {
      input: { instanceId: instance, apiKey },
    });
    provider.play(answerWell);
    expect(await testConnection(admin, instance)).toMatchObject({ ok: true });
    expect(provider.requests[0]!.headers).toMatchObject({ 'x-api-key': apiKey });
  });

  it('says which AI agent is not configured', async () => {
    const instance = await createInstance(admin, { start: false });
    const input = { instanceId: instance, aiAgent: 'GOOSE' };
    expect(await admin.refused(TEST_CONNECTION, { input })).toMatchObject({
      ...{ code: 'AI_AGENT_NOT_CONFIGURED', status: 400, details: { aiAgent: 'GOOSE' } },
    });
  });

  it('says of a stopped instance that the key was revoked, and shows its state', async () => {
    const instance = await createInstance(admin, { start: false });
    const revoked = await admin.ok(
      `mutation ($input: RevokeAiAgentKeyInput!) { revokeAiAgentKey(input: $input) { configured credentialVersion credentialState } }`,
      { input: { instanceId: instance } },
    );
    expect(revoked).toEqual({
      revokeAiAgentKey: { configured: false, credentialVersion: 1, credentialState: 'REVOKED' },
    });
    const refusal = await admin.refused(TEST_CONNECTION, { input: { instanceId: instance } });
    expect(refusal).toMatchObject({ code: 'CREDENTIAL_REVOKED', status: 400 });
    expect(refusal.message).toMatch(/rotateAiAgentKey/);
    expect(refusal.message).not.toMatch(/started/);
  });

  it('records each test in the audit trail, and none in the usage', async () => {
    const instance = await createInstance(admin, { apiKey: KEY, start: false });
    provider.play(json(500, {}));
    await testConnection(admin, instance);
    const today = new Date().toISOString().slice(0, 10);
    const recorded = await admin.ok(`{
      auditEvents(filter: { instanceId: "${instance}", action: CONNECTION_TESTED }) { items { aiAgent role } }
      usage(instanceId: "${instance}", from: "${today}", to: "${today}") { requestCount } }`);
    expect(recorded).toEqual({ auditEvents: { items: [{ aiAgent: 'CLAUDE_CODE', role: 'ADMIN' }] }, usage: [] });
  });
});

describe('a connection test that fails', () => {
  let instance: string;
  beforeAll(async () => {
    instance = await createInstance(admin, { apiKey: KEY, start: false });
  });

  const error = (type: string, message: string) => ({ type: 'error', error: { type, message } });
  const HTML = '<html><body>Welcome</body></html>';
  const page =
    (status: number) =>
    (_: unknown, response: ServerResponse): void =>
      void response.writeHead(status, { 'content-type': 'text/html', location: '/anthropic/v1/messages' }).end(HTML);

  it.each([
    ['a key that is refused', json(401, error('authentication_error', 'invalid x-api-key')), 'UNAUTHORIZED'],
    ['a rate limit', json(429, error('rate_limit_error', 'too many')), 'QUOTA'],
    ['spent credit', json(400, error('invalid_request_error', 'Your credit balance is too low.')), 'QUOTA'],
    ['an unknown model', json(404, error('not_found_error', 'model: claude-0')), 'MODEL_NOT_FOUND'],
    ['a request that is refused', json(400, error('invalid_request_error', 'no')), 'BAD_CONFIG'],
    ['a provider that fails', json(500, error('api_error', 'Internal server error')), 'UPSTREAM'],
    ['an overloaded provider', json(529, error('overloaded_error', 'Overloaded')), 'UPSTREAM'],
  ] as const)('tells of %s, with the words of the provider', async (_name, answer, failureClass) => {
    provider.play(answer);
    const failure = { class: failureClass, message: expect.any(String), providerMessage: expect.stringMatching(/\w/) };
    const found = { ok: false, model: null, failure };
    expect(await testConnection(admin, instance)).toMatchObject({ ...found, provider: found });
    expect(provider.requests).toHaveLength(1);
  });

  it.each([
    ['a page of a website', page(200), 'BAD_CONFIG', /does not speak/],
    ['a redirect, which is not followed', page(307), 'BAD_CONFIG', /redirects/],
    ['a page of a broken proxy', page(502), 'UPSTREAM', /./],
    [
      'a connection that is cut',
      (_: unknown, response: ServerResponse): void => void response.destroy(),
      'UPSTREAM',
      /./,
    ],
    [
      'an answer that is cut',
      (_: unknown, response: ServerResponse): void =>
        void response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy()),
      'UPSTREAM',
      /./,
    ],
  ] as const)('tells of %s', async (_name, answer, failureClass, message) => {
    provider.play(answer);
    const { failure, ok } = await testConnection(admin, instance);
    expect(ok).toBe(false);
    expect(failure).toEqual({
      ...{ class: failureClass, message: expect.stringMatching(message), providerMessage: null },
    });
    expect(provider.requests).toHaveLength(1);
  });

  it('gives up on an answer without an end, and hangs up', async () => {
    const hungUp = Promise.withResolvers<unknown>();
    provider.play((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '.repeat(16 * 1024)), 1);
      response.once('close', () => {
        clearInterval(timer);
        hungUp.resolve(undefined);
      });
    });
    const { failure } = await testConnection(admin, instance);
    expect(failure).toMatchObject({ class: 'UPSTREAM', message: expect.stringMatching(/64 KiB/) });
    await hungUp.promise;
  });

  it('gives up after 10 s on silence and on an answer that trickles, and takes no third test meanwhile', async () => {
    const theirs = server.client('theirs', 'ADMIN');
    const theirInstance = await createInstance(theirs, { apiKey: KEY, start: false });
    let count = 0;
    const timers: NodeJS.Timeout[] = [];
    provider.play((request, response) => {
      count += 1;
      if (count === 2) {
        response.writeHead(200);
        timers.push(setInterval(() => response.write(' '), 500));
      } else if (count === 3) answerWell(request, response);
    });
    const slow = [testConnection(admin, instance), testConnection(admin, instance)];
    while (count < 2) await sleep(20);
    expect(await admin.refused(TEST_CONNECTION, { input: { instanceId: instance } })).toMatchObject({
      ...{ code: 'RATE_LIMITED', status: 429, details: { limit: 2 } },
    });
    expect(await testConnection(theirs, theirInstance)).toMatchObject({ ok: true });
    for (const { failure, latencyMs } of await Promise.all(slow)) {
      expect(failure).toMatchObject({ class: 'TIMEOUT' });
      expect(latencyMs).toBeGreaterThan(9_500);
      expect(latencyMs).toBeLessThan(11_500);
    }
    timers.forEach(clearInterval);
    provider.play(answerWell);
    expect(await testConnection(admin, instance)).toMatchObject({ ok: true });
  }, 30_000);

  it('tells of a name that does not resolve and of a certificate that nobody vouches for', async () => {
    const astray = await startServer({
      MODEL_UPSTREAM: 'http',
      ANTHROPIC_UPSTREAM_URL: 'https://model-provider.invalid',
      OPENAI_UPSTREAM_URL: stranger.url,
      GOOGLE_UPSTREAM_URL: stranger.url.replace('https:', 'http:'),
    });
    try {
      const client = astray.client('ours', 'ADMIN');
      const failureOf = async (aiAgent: 'CLAUDE_CODE' | 'CODEX_CLI' | 'GEMINI_CLI') =>
        (await testConnection(client, await createInstance(client, { aiAgent, start: false }), aiAgent)).failure;
      expect(await failureOf('CLAUDE_CODE')).toMatchObject({ class: 'DNS' });
      expect(await failureOf('CODEX_CLI')).toMatchObject({ class: 'TLS' });
      expect(await failureOf('GEMINI_CLI')).toMatchObject({ class: 'UPSTREAM' });
      expect(stranger.requests).toEqual([]);
    } finally {
      await astray.close();
    }
  });

  it('shows the key nowhere, also when the provider repeats it', async () => {
    const forms = [
      KEY,
      Buffer.from(KEY).toString('base64'),
      Buffer.from(KEY).toString('hex'),
      Array.from(KEY).join('\u200b'),
    ];
    provider.play(json(401, error('authentication_error', forms.join(' '))));
    const refused = await testConnection(admin, instance);
    expect(refused.failure?.providerMessage).toMatch(/^\*+ \*+=* \*+ \*+$/);
    provider.play(json(200, { type: 'message', model: KEY }));
    const echoed = await testConnection(admin, instance);
    expect(echoed.model).toBe('*'.repeat(KEY.length));
    const shown = JSON.stringify([refused, echoed]) + (await server.servers[0]!.output());
    for (const form of forms) expect(shown).not.toContain(form);
  });
});

describe.each(['OPENCODE', 'GOOSE'] as const)('the connection test of %s', (aiAgent) => {
  const own = aiAgent === 'OPENCODE' ? 'opencode.json' : 'config/config.yaml';
  const specified = aiAgent === 'OPENCODE' ? 'config.toml' : 'config.yaml';
  const fileOf = (instance: string, name: string) =>
    path.join(server.servers[0]!.dataDir, 'instances', instance, 'ai-agents', aiAgent.toLowerCase(), name);
  const create = () => createInstance(admin, { aiAgent, apiKey: KEY, start: false });

  it('is ok when its files are valid, whatever the provider says, which stands beside it', async () => {
    provider.play(json(401, { error: { message: 'no', type: 'invalid_request_error', code: 'invalid_api_key' } }));
    expect(await testConnection(admin, await create(), aiAgent)).toMatchObject({
      ...{ ok: true, failure: null, provider: { ok: false, failure: { class: 'UNAUTHORIZED' } } },
    });
  });

  it.each([
    ['is missing', specified, undefined, /does not exist/],
    ['says something else', specified, 'model = "other"\n', /is not what was configured/],
    ["of the CLI's own is not in its format", own, '{"model": [', /is not valid (JSON|YAML)/],
  ])('is not ok when a file %s', async (_name, name, content, message) => {
    const instance = await create();
    if (content === undefined) await rm(fileOf(instance, name));
    else await writeFile(fileOf(instance, name), content);
    provider.play(answerWell);
    const found = await testConnection(admin, instance, aiAgent);
    expect(found).toMatchObject({ ok: false, failure: { class: 'BAD_CONFIG', providerMessage: null } });
    expect(found.failure?.message).toMatch(message);
    expect(found.provider).toMatchObject({ ok: true, failure: null });
  });
});

describe('a connection test with the built-in mock', () => {
  it('is answered for all five AI agents by the mock, which says so', async () => {
    const mocked = await startServer({});
    try {
      const client = mocked.client('ours', 'ADMIN');
      for (const aiAgent of AI_AGENT_NAMES) {
        const instance = await createInstance(client, { aiAgent, start: false });
        const found = await testConnection(client, instance, aiAgent);
        expect(found).toMatchObject({ ok: true, upstream: 'MOCK', failure: null, provider: { ok: true } });
      }
      const instance = await createInstance(client, { apiKey: 'an-invalid-key', start: false });
      expect(await testConnection(client, instance)).toMatchObject({ ok: false, failure: { class: 'UNAUTHORIZED' } });
    } finally {
      await mocked.close();
    }
  });
});
