// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ModelRequest } from '../../src/ports/model-upstream.js';
import { configureAiAgent, keyOfCall, modelOfCall } from '../testkit/ai-agents.js';
import { startModelServer, type ModelServer } from '../testkit/model-server.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, randomKey, startTriage } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

/** What is configured, and how a call shows that the CLI read it in its own file; `shown` is looked for in the body. */
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
  // Without its file it takes no key from the environment.
  { name: 'Gemini CLI', aiAgent: 'GEMINI_CLI', model: 'gemini-2.5-flash', settings: {}, shown: /contents/ },
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
    settings: {},
    shown: /messages/,
  },
  {
    name: 'OpenCode with Google',
    aiAgent: 'OPENCODE',
    provider: 'GOOGLE',
    model: 'gemini-2.5-flash',
    settings: {},
    shown: /contents/,
  },
  {
    name: 'Goose with Anthropic',
    aiAgent: 'GOOSE',
    provider: 'ANTHROPIC',
    model: 'claude-sonnet-4-20250514',
    settings: {},
    shown: /messages/,
  },
  {
    name: 'Goose with Google',
    aiAgent: 'GOOSE',
    provider: 'GOOGLE',
    model: 'gemini-2.5-flash',
    settings: {},
    shown: /contents/,
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

/** Runs the real CLI until its first call with a model is there; gives that, and every key that arrived of the instance's. */
async function firstCall({ aiAgent }: Case, instanceId: string, known: readonly string[], at: ModelServer = provider) {
  const before = at.calls.length;
  const input = { instanceId, aiAgent, prompt: 'What is wrong?', incident: SAMPLE_INCIDENT };
  const { id } = await startTriage(server.client, input);
  const arrived = () => at.calls.slice(before).filter((call) => known.includes(keyOfCall(call) ?? ''));
  const generating = () => arrived().find((call) => call.method === 'POST' && modelOfCall(call) !== undefined);
  await until(() => generating() !== undefined, 90_000);
  await server.client.ok(`mutation ($id: ID!) { cancelTriage(id: $id) { id } }`, { id });
  await awaitRun(server.client, id, ['CANCELLED', 'SUCCEEDED', 'FAILED']);
  return { call: generating()!, keys: new Set(arrived().map(keyOfCall)) };
}

const isKnown = (call: ModelRequest): boolean =>
  [...instances.values()].some(({ keys }) => keys.includes(keyOfCall(call) ?? ''));

describe("the real CLI in a container with the instance's configuration", () => {
  it.each(AGENTS)(
    '$name sends the key and the model of its instance, and reads its own file',
    async (agent) => {
      const { aiAgent, model, settings, shown } = agent;
      const keys: [string, string] = [randomKey(), randomKey()];
      const more = 'provider' in agent ? { provider: agent.provider } : {};
      const id = await createInstance(server.client, { aiAgent, apiKey: keys[0], start: false });
      await configureAiAgent(server.client, { instanceId: id, aiAgent, apiKey: keys[0], model, settings, ...more });
      await server.client.ok(`mutation ($id: ID!) { startInstance(id: $id) { state } }`, { id });
      instances.set(agent, { id, keys });
      const { call, keys: sent } = await firstCall(agent, id, keys);
      expect(sent).toEqual(new Set([keys[0]]));
      expect(modelOfCall(call)).toBe(model);
      expect(shown.test(call.body.toString())).toBe(true);
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
    expect(await server.stop()).toBe(0);
    server = await start();
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
