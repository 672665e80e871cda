// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { MockModelUpstream } from '../../src/adapters/model-upstream/mock/index.js';
import type { ModelRequest, ModelResponse } from '../../src/ports/model-upstream.js';
import { configureAiAgent } from '../testkit/ai-agents.js';
import type { TestClient } from '../testkit/client.js';
import { buildFakeAgentImage } from '../testkit/docker.js';
import { startModelServer, type ModelServer } from '../testkit/model-server.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, randomKey, startInstance, startTriage } from '../testkit/triage.js';

interface UsageView {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reported: Omit<UsageView, 'reported' | 'drift'> & { readonly reasoningTokens: number };
  readonly drift: number | null;
}

const FIGURES = 'inputTokens outputTokens cacheReadTokens cacheWriteTokens';

async function usageOf(client: TestClient, input: Record<string, unknown>): Promise<UsageView> {
  const { id } = await startTriage(client, input);
  await awaitRun(client, id);
  const query = `{ triageRun(id: "${id}") { usage { ${FIGURES} drift reported { ${FIGURES} reasoningTokens } } } }`;
  return (await client.ok<{ triageRun: { usage: UsageView } }>(query)).triageRun.usage;
}

const environment = () => ({
  RUNTIME: 'docker',
  DOCKER_HOST: process.env.DOCKER_HOST ?? '',
  RATE_LIMIT_REQUESTS: '10000',
});

const talk = new MockModelUpstream({ pieceIntervalMs: 0 });
const CACHED = 2000;
const CREATED = 300;
const REASONED = 40;

/** The mock, had its provider a prompt cache and its model thoughts: each protocol counts them in its own place. */
async function withCacheAndThoughts(request: ModelRequest): Promise<ModelResponse> {
  const { headers, body, ...answer } = await talk.send(request);
  const { 'content-length': _length, ...others } = headers;
  const changed = (await text(body))
    .replaceAll('"cache_read_input_tokens":0', `"cache_read_input_tokens":${CACHED}`)
    .replaceAll('"cache_creation_input_tokens":0', `"cache_creation_input_tokens":${CREATED}`)
    .replaceAll('"cached_tokens":0', `"cached_tokens":${CACHED}`)
    .replaceAll('"reasoning_tokens":0', `"reasoning_tokens":${REASONED}`)
    .replaceAll(
      '"promptTokenCount"',
      `"cachedContentTokenCount":${CACHED},"thoughtsTokenCount":${REASONED},"promptTokenCount"`,
    )
    .replaceAll(/"totalTokenCount":(\d+)/g, (_, total) => `"totalTokenCount":${Number(total) + REASONED}`);
  return { ...answer, headers: others, body: Readable.from([Buffer.from(changed)]) };
}

describe('what a real CLI says at its end that it used', () => {
  let folder: Awaited<ReturnType<typeof createDataFolder>>;
  let provider: ModelServer;
  let server: TestServer;

  beforeAll(async () => {
    folder = await createDataFolder();
    provider = await startModelServer({ host: '127.0.0.1', answer: withCacheAndThoughts });
    const [url, MODEL_UPSTREAM] = [provider.url, 'http'];
    const urls = { ANTHROPIC_UPSTREAM_URL: url, OPENAI_UPSTREAM_URL: url, GOOGLE_UPSTREAM_URL: url };
    server = await startServer({ dataDir: folder.path, environment: { ...environment(), ...urls, MODEL_UPSTREAM } });
  });
  afterAll(async () => {
    await server?.stop();
    await provider?.close();
    await talk.close();
    await folder?.remove();
  });

  it.each([
    ['CLAUDE_CODE', 'anthropic'],
    ['CODEX_CLI', 'openai'],
    ['GEMINI_CLI', 'google'],
    ['OPENCODE', 'openai'],
    ['OPENCODE', 'anthropic'],
    ['OPENCODE', 'google'],
    ['GOOSE', 'openai'],
    ['GOOSE', 'anthropic'],
  ] as const)('agrees with what was counted, cache and reasoning included: %s with %s', async (aiAgent, of) => {
    const instanceId = await createInstance(server.client, { aiAgent, start: false });
    if (aiAgent === 'OPENCODE' || aiAgent === 'GOOSE')
      await configureAiAgent(server.client, { instanceId, aiAgent, apiKey: randomKey(), provider: of.toUpperCase() });
    await startInstance(server.client, instanceId);
    const input = { instanceId, aiAgent, prompt: 'What is wrong?', incident: SAMPLE_INCIDENT };
    const { drift, reported, ...counted } = await usageOf(server.client, input);
    expect(counted.cacheReadTokens).toBeGreaterThan(0);
    expect({ drift, reported, counted }).toMatchObject({ drift: null });
    expect(reported.inputTokens + reported.cacheReadTokens + reported.cacheWriteTokens).toBe(
      counted.inputTokens + counted.cacheReadTokens + counted.cacheWriteTokens,
    );
  });
});

describe('what an agent makes up of its usage', () => {
  let folder: Awaited<ReturnType<typeof createDataFolder>>;
  let server: TestServer;
  let instanceId: string;

  beforeAll(async () => {
    folder = await createDataFolder();
    const AGENT_IMAGE = await buildFakeAgentImage();
    server = await startServer({ dataDir: folder.path, environment: { ...environment(), AGENT_IMAGE } });
    instanceId = await createInstance(server.client);
  });
  afterAll(async () => {
    await server?.stop();
    await folder?.remove();
  });

  const endingWith = (modelUsage: object) => {
    const result = { type: 'result', subtype: 'success', is_error: false, result: 'Done.', modelUsage };
    const fakeAgent = { terminalEvent: JSON.stringify(result) };
    return usageOf(server.client, { instanceId, prompt: 'Lie.', incident: JSON.stringify({ id: 'lying', fakeAgent }) });
  };

  it('is recorded beside what was counted, with how far it is off, and changes nothing of that', async () => {
    const honest = await endingWith({});
    expect(honest).toMatchObject({ reported: null, drift: null });
    const { inputTokens, outputTokens } = honest;
    expect(inputTokens).toBeGreaterThan(0);

    const exact = await endingWith({ sonnet: { inputTokens, outputTokens } });
    expect(exact).toMatchObject({ inputTokens, outputTokens, reported: { inputTokens, outputTokens }, drift: null });
    const low = await endingWith({ sonnet: { inputTokens, outputTokens: 0 } });
    expect(low).toMatchObject({ inputTokens, outputTokens, reported: { outputTokens: 0 }, drift: -100 });
    const high = await endingWith({ sonnet: { inputTokens: inputTokens * 2, outputTokens } });
    expect(high).toMatchObject({ inputTokens, outputTokens, drift: 50 });
    expect(await endingWith({ sonnet: { inputTokens: -1, outputTokens: 1e300 } })).toMatchObject({
      reported: null,
      drift: null,
    });
  });
});
