// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { adapterOf, bindingOf } from '../../src/features/ai-agents/index.js';
import { probeOf } from '../../src/features/connection-tests/index.js';
import type { ModelProvider, ModelRequest } from '../../src/ports/model-upstream.js';
import { configureAiAgent, keyOfCall, modelOfCall } from '../testkit/ai-agents.js';
import { startModelServer, type ModelServer } from '../testkit/model-server.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, randomKey, startTriage } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

/** What is configured, and how the body of a call shows that the CLI read it in its own file. */
const AGENTS = [
  {
    name: 'Claude Code',
    aiAgent: 'CLAUDE_CODE',
    model: 'claude-sonnet-4-20250514',
    settings: { language: 'Latin' },
    shown: /Latin/,
  },
  {
    name: 'Codex CLI',
    aiAgent: 'CODEX_CLI',
    model: 'gpt-5.1',
    settings: { model_reasoning_summary: 'concise' },
    shown: /"summary":"concise"/,
  },
  // Of its settings none stands in a call: this one ends the session before the second.
  { name: 'Gemini CLI', aiAgent: 'GEMINI_CLI', model: 'gemini-2.5-flash', settings: { model: { maxSessionTurns: 1 } } },
  {
    name: 'OpenCode',
    aiAgent: 'OPENCODE',
    model: 'gpt-4.1',
    settings: { agent: { build: { temperature: 0.25 } } },
    shown: /"temperature":0\.25/,
  },
  {
    name: 'Goose',
    aiAgent: 'GOOSE',
    model: 'gpt-4.1',
    settings: { GOOSE_TEMPERATURE: 0.25 },
    shown: /"temperature":0\.25/,
  },
  {
    name: 'OpenCode with Anthropic',
    aiAgent: 'OPENCODE',
    provider: 'ANTHROPIC',
    model: 'claude-sonnet-4-20250514',
    settings: { agent: { build: { top_p: 0.25 } } },
    shown: /"top_p":0\.25/,
  },
  {
    name: 'OpenCode with Google',
    aiAgent: 'OPENCODE',
    provider: 'GOOGLE',
    model: 'gemini-2.5-flash',
    settings: { agent: { build: { temperature: 0.25 } } },
    shown: /"temperature":0\.25/,
  },
  {
    name: 'Goose with Anthropic',
    aiAgent: 'GOOSE',
    provider: 'ANTHROPIC',
    model: 'claude-sonnet-4-20250514',
    settings: { GOOSE_TEMPERATURE: 0.25 },
    shown: /"temperature":0\.25/,
  },
  {
    name: 'Goose with Google',
    aiAgent: 'GOOSE',
    provider: 'GOOGLE',
    model: 'gemini-2.5-flash',
    settings: { GOOSE_TEMPERATURE: 0.25 },
    shown: /"temperature":0\.25/,
  },
] as const;

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let provider: ModelServer;
let server: TestServer;
const start = () =>
  startServer({
    dataDir: folder.path,
    environment: {
      RUNTIME: 'docker',
      DOCKER_HOST: process.env.DOCKER_HOST ?? '',
      MODEL_UPSTREAM: 'http',
      ...{ ANTHROPIC_UPSTREAM_URL: provider.url, OPENAI_UPSTREAM_URL: provider.url, GOOGLE_UPSTREAM_URL: provider.url },
      MODEL_NETWORKS: '127.0.0.0/8',
      RATE_LIMIT_REQUESTS: '10000',
    },
  });

beforeAll(async () => {
  folder = await createDataFolder();
  provider = await startModelServer({ host: '127.0.0.1' });
  server = await start();
});
afterAll(async () => {
  await server?.stop();
  await provider?.close();
  await folder?.remove();
});

type Case = (typeof AGENTS)[number];
const instances = new Map<Case, { id: string; keys: [string, string] }>();

/** Runs the real CLI; `arrived` are the calls that came with a key of the instance's, `generating` those of a model's words. */
async function begin({ aiAgent }: Case, instanceId: string, known: readonly string[], at: ModelServer = provider) {
  const before = at.calls.length;
  const input = { instanceId, aiAgent, prompt: 'What is wrong?', incident: SAMPLE_INCIDENT };
  const { id } = await startTriage(server.client, input);
  const arrived = () => at.calls.slice(before).filter((call) => known.includes(keyOfCall(call) ?? ''));
  const generating = () => arrived().filter((call) => call.method === 'POST' && modelOfCall(call) !== undefined);
  return { id, arrived, generating };
}

/** As `begin`, until the first call with a model is there; gives that, and every key that arrived of the instance's. */
async function firstCall(agent: Case, instanceId: string, known: readonly string[], at?: ModelServer) {
  const { id, arrived, generating } = await begin(agent, instanceId, known, at);
  await until(() => generating().length > 0, 90_000);
  await server.client.ok(`mutation ($id: ID!) { cancelTriage(id: $id) { id } }`, { id });
  await awaitRun(server.client, id, ['CANCELLED', 'SUCCEEDED', 'FAILED']);
  return { call: generating()[0]!, keys: new Set(arrived().map(keyOfCall)) };
}

/** The call as its connection test would make it, which does not stream. */
function probePath({ aiAgent, model, ...agent }: Case): string {
  const provider = 'provider' in agent ? (agent.provider.toLowerCase() as ModelProvider) : null;
  return probeOf(aiAgent, bindingOf(adapterOf(aiAgent), provider).provider, model).path(model);
}
const pathOf = (call: ModelRequest): string =>
  new URL(call.path, provider.url).pathname.replace(/:streamGenerateContent$/, ':generateContent');

const isKnown = (call: ModelRequest): boolean =>
  [...instances.values()].some(({ keys }) => keys.includes(keyOfCall(call) ?? ''));

/** The mock asks for a tool in its first answer: without a limit there is a second call. */
async function expectOneCall(agent: Case, instanceId: string, known: readonly string[]): Promise<void> {
  const { id, generating } = await begin(agent, instanceId, known);
  // With 53 Gemini CLI says that a session has had its turns.
  expect(await awaitRun(server.client, id, ['FAILED'])).toMatchObject({ exitCode: 53 });
  expect(generating()).toHaveLength(1);
}

describe("the real CLI in a container with the instance's configuration", () => {
  it.each(AGENTS)(
    '$name sends the key and the model of its instance, and reads its own file',
    async (agent) => {
      const { aiAgent, model, settings } = agent;
      const keys: [string, string] = [randomKey(), randomKey()];
      const more = 'provider' in agent ? { provider: agent.provider } : {};
      const id = await createInstance(server.client, { aiAgent, apiKey: keys[0], start: false });
      await configureAiAgent(server.client, { instanceId: id, aiAgent, apiKey: keys[0], model, settings, ...more });
      await server.client.ok(`mutation ($id: ID!) { startInstance(id: $id) { state } }`, { id });
      instances.set(agent, { id, keys });
      const { call, keys: sent } = await firstCall(agent, id, keys);
      expect(sent).toEqual(new Set([keys[0]]));
      expect(modelOfCall(call)).toBe(model);
      expect(pathOf(call)).toBe(probePath(agent));
      if ('shown' in agent) expect(agent.shown.test(call.body.toString())).toBe(true);
      else await expectOneCall(agent, id, keys);
    },
    90_000,
  );

  it('goes on with the old key after a rotation, also when the server was started again, until it is restarted', async () => {
    const five = AGENTS.slice(0, 5).map((agent) => ({ agent, ...instances.get(agent)! }));
    const eachSends = (which: 0 | 1) =>
      Promise.all(
        five.map(async ({ agent, id, keys }) => {
          expect((await firstCall(agent, id, keys)).keys).toEqual(new Set([keys[which]]));
        }),
      );
    for (const { agent, id, keys } of five) {
      await configureAiAgent(server.client, { instanceId: id, aiAgent: agent.aiAgent, apiKey: keys[1] });
    }
    await eachSends(0);
    const [{ id: lost }] = five as [(typeof five)[number]];
    const settings = path.join(folder.path, 'instances', lost, 'ai-agents', 'claude-code', 'settings.json');
    const written = await readFile(settings, 'utf8');
    expect(await server.stop()).toBe(0);
    await rm(path.join(folder.path, 'instances', lost), { recursive: true });
    server = await start();
    expect(await readFile(settings, 'utf8')).toBe(written);
    await eachSends(0);
    for (const { id } of five) {
      await server.client.ok(`mutation ($id: ID!) { restartInstance(id: $id) { state } }`, { id });
    }
    await eachSends(1);
    expect(provider.calls.every(isKnown)).toBe(true);
  }, 400_000);

  it("calls the base URL of its instance, and no other's", async () => {
    const own = await startModelServer({ host: '127.0.0.1' });
    const [claude] = AGENTS;
    const { id } = instances.get(claude)!;
    const apiKey = randomKey();
    await configureAiAgent(server.client, {
      instanceId: id,
      aiAgent: 'CLAUDE_CODE',
      apiKey,
      baseUrl: `${own.url}/models/`,
    });
    await server.client.ok(`mutation ($id: ID!) { restartInstance(id: $id) { state } }`, { id });
    const elsewhere = provider.calls.length;
    const { call, keys } = await firstCall(claude, id, [apiKey], own);
    expect(keys).toEqual(new Set([apiKey]));
    expect(call.path).toMatch(/^\/models\/v1\/messages/);
    expect(provider.calls.length).toBe(elsewhere);
    await own.close();
  }, 90_000);
});
