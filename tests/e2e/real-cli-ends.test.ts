// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { MockModelUpstream } from '../../src/adapters/model-upstream/mock/index.js';
import { AI_AGENT_NAMES, type AiAgent } from '../../src/kernel/ai-agents.js';
import type { ModelRequest, ModelResponse } from '../../src/ports/model-upstream.js';
import { startModelServer, type ModelServer } from '../testkit/model-server.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, startTriage, type RunView } from '../testkit/triage.js';

type Provider = (request: ModelRequest) => Promise<ModelResponse>;

const talk = new MockModelUpstream({ pieceIntervalMs: 0 });

/** As OpenAI puts its refusals. */
const refusing =
  (status: number, error: object): Provider =>
  async () => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: Readable.from([JSON.stringify({ error })]),
  });

/** Answers as if the agent had offered no tool: with words alone. */
const talking: Provider = (request) => {
  const { tools: _tools, ...rest } = JSON.parse(request.body.toString()) as Record<string, unknown>;
  return talk.send({ ...request, body: Buffer.from(JSON.stringify(rest)) });
};

const REFUSED_KEY = refusing(401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' });
const OUT_OF_ORDER = refusing(500, { message: 'The server had an error.' });
const SPENT_QUOTA = refusing(429, { message: 'You exceeded your current quota.', code: 'insufficient_quota' });

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let provider: ModelServer;
let server: TestServer;
let answer: Provider;

beforeAll(async () => {
  folder = await createDataFolder();
  provider = await startModelServer({ host: '127.0.0.1', answer: (request) => answer(request) });
  server = await startServer({
    dataDir: folder.path,
    environment: {
      RUNTIME: 'docker',
      DOCKER_HOST: process.env.DOCKER_HOST ?? '',
      MODEL_UPSTREAM: 'http',
      ANTHROPIC_UPSTREAM_URL: provider.url,
      OPENAI_UPSTREAM_URL: provider.url,
      GOOGLE_UPSTREAM_URL: provider.url,
      RATE_LIMIT_REQUESTS: '1000',
    },
  });
});

afterAll(async () => {
  await server?.stop();
  await provider?.close();
  await talk.close();
  await folder?.remove();
});

async function endOf(aiAgent: AiAgent, how: Provider): Promise<RunView> {
  answer = how;
  const instanceId = await createInstance(server.client, { aiAgent });
  const input = { instanceId, aiAgent, prompt: 'What is wrong?', incident: SAMPLE_INCIDENT };
  return awaitRun(server.client, (await startTriage(server.client, input)).id);
}

describe('the verdict on a real CLI that did not triage', () => {
  it.each(AI_AGENT_NAMES)('%s exits with 0 after mere talk: NO_REPORT', async (aiAgent) => {
    expect(await endOf(aiAgent, talking)).toMatchObject({
      state: 'FAILED',
      exitCode: 0,
      failure: { code: 'NO_REPORT' },
    });
  });

  it('GOOSE exits with 0 although the provider fails: NOTHING_RUN', async () => {
    expect(await endOf('GOOSE', OUT_OF_ORDER)).toMatchObject({
      state: 'FAILED',
      exitCode: 0,
      failure: { code: 'NOTHING_RUN' },
    });
  });

  it.each(['OPENCODE', 'GOOSE'] as const)(
    '%s exits with 1 because its key was refused: AGENT_FAILED',
    async (aiAgent) => {
      expect(await endOf(aiAgent, REFUSED_KEY)).toMatchObject({
        state: 'FAILED',
        exitCode: 1,
        failure: { code: 'AGENT_FAILED' },
      });
    },
  );

  it.each([
    ['GOOSE', 0],
    ['CODEX_CLI', 1],
  ] as const)('%s exits with %i because the quota is spent: LIMIT_REACHED', async (aiAgent, exitCode) => {
    expect(await endOf(aiAgent, SPENT_QUOTA)).toMatchObject({
      state: 'FAILED',
      exitCode,
      failure: { code: 'LIMIT_REACHED' },
    });
  });
});
