import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import type { TestClient } from '../testkit/client.js';
import { keyOfCall } from '../testkit/ai-agents.js';
import { testConnection } from '../testkit/connection-tests.js';
import { startModelServer } from '../testkit/model-server.js';
import { answerWell, startScriptedProvider } from '../testkit/scripted-provider.js';
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

beforeAll(async () => {
  folder = await createDataFolder();
  [provider, stranger] = await Promise.all([startScriptedProvider(), startScriptedProvider()]);
  const authority = path.join(folder.path, 'ca.pem');
  await provider.writeAuthority(authority);
  server = await startTenantsServer({
    tenants: ['ours'],
    environment: {
      RATE_LIMIT_REQUESTS: '1000000',
      MODEL_UPSTREAM: 'http',
      MODEL_NETWORKS: '127.0.0.0/8',
      NODE_EXTRA_CA_CERTS: authority,
    },
  });
  admin = server.client('ours', 'ADMIN');
});

afterAll(async () => {
  await server?.close();
  await Promise.all([provider?.close(), stranger?.close(), folder?.remove()]);
});

async function instanceAt(configuration: Readonly<Record<string, unknown>>): Promise<string> {
  const instance = await createInstance(admin, { start: false });
  await admin.ok(`mutation ($input: ConfigureAiAgentInput!) { configureAiAgent(input: $input) { aiAgent } }`, {
    input: { instanceId: instance, apiKey: KEY, ...configuration },
  });
  return instance;
}

const failureAt = async (baseUrl: string) =>
  (await testConnection(admin, await instanceAt({ baseUrl }), 'CLAUDE_CODE')).failure;

describe('a connection test with a base URL of the tenant', () => {
  it.each([
    ['CLAUDE_CODE', 'ANTHROPIC', '/v1/messages', 'x-api-key', KEY],
    ['OPENCODE', 'ANTHROPIC', '/v1/messages', 'x-api-key', KEY],
    ['OPENCODE', 'OPENAI', '/v1/responses', 'authorization', `Bearer ${KEY}`],
    ['GOOSE', 'OPENAI', '/v1/chat/completions', 'authorization', `Bearer ${KEY}`],
    ['GOOSE', 'GOOGLE', '/v1beta/models/gemini-2.5-pro:generateContent', 'x-goog-api-key', KEY],
  ] as const)('asks there, for %s in the protocol of %s', async (aiAgent, kind, url, header, value) => {
    const below = `/gateways/${kind.toLowerCase()}`;
    const instance = await instanceAt({ aiAgent, provider: kind, baseUrl: `${provider.url}${below}` });
    provider.play(answerWell);
    expect(await testConnection(admin, instance, aiAgent)).toMatchObject({ ok: true, provider: { ok: true } });
    expect(provider.requests).toMatchObject([{ path: below + url, headers: { [header]: value } }]);
  });

  it('asks by http where a name leads to a network of the operator', async () => {
    const plain = await startModelServer({ host: '127.0.0.1' });
    try {
      const baseUrl = plain.url.replace('127.0.0.1', 'localhost');
      expect(await failureAt(baseUrl)).toBeNull();
      expect(plain.calls.map(keyOfCall)).toEqual([KEY]);
    } finally {
      await plain.close();
    }
  });

  it('tells of a name that does not resolve', async () => {
    expect(await failureAt('https://model-provider.invalid')).toMatchObject({ class: 'DNS' });
  });

  it('tells of a certificate of another authority, or for another name', async () => {
    expect(await failureAt(stranger.url)).toMatchObject({ class: 'TLS' });
    expect(await failureAt(provider.url.replace('127.0.0.1', 'localhost'))).toMatchObject({ class: 'TLS' });
    expect(stranger.requests).toEqual([]);
  });

  it('tells of a port that nobody listens on, and of a name that leads to this server itself', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    expect(await failureAt(`https://127.0.0.1:${port}`)).toMatchObject({ class: 'UPSTREAM' });
    const ours = await failureAt(`https://localhost:${new URL(server.url).port}`);
    expect(ours).toMatchObject({ class: 'BAD_CONFIG', message: expect.stringContaining('MODEL_NETWORKS') });
  });
});
