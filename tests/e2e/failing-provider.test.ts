// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AiAgent } from '../../src/kernel/ai-agents.js';
import { startModelServer, type ModelServer } from '../testkit/model-server.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, followOutput, startTriage, type RunView } from '../testkit/triage.js';

interface Case {
  readonly aiAgent: AiAgent;
  readonly fault: string;
  /** What the CLI prints of what its provider said. */
  readonly says: RegExp;
  /** Claude Code tries for minutes. */
  readonly timeoutSeconds?: number;
}

/** In each protocol: Messages, Responses, Chat Completions, Generative Language. */
const CASES: readonly Case[] = [
  {
    aiAgent: 'CLAUDE_CODE',
    fault: 'mock-429',
    says: /"subtype":"api_retry".*"error_status":429,"error":"rate_limit"/,
    timeoutSeconds: 15,
  },
  { aiAgent: 'CODEX_CLI', fault: 'mock-429', says: /last status: 429 Too Many Requests, request id: req_mock_/ },
  { aiAgent: 'GOOSE', fault: 'mock-500', says: /500 Internal Server Error.*The server had an error/ },
  { aiAgent: 'GEMINI_CLI', fault: 'mock-cut', says: /"status":"error".*terminated/ },
];

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let provider: ModelServer;
let server: TestServer;
const ended = new Map<AiAgent, { run: RunView; log: string }>();

async function runToItsEnd({ aiAgent, fault, timeoutSeconds = 90 }: Case): Promise<void> {
  const instanceId = await createInstance(server.client, { aiAgent });
  const what = { prompt: 'What is wrong?', incident: SAMPLE_INCIDENT, model: `${aiAgent.toLowerCase()}-${fault}` };
  const { id } = await startTriage(server.client, { instanceId, aiAgent, timeoutSeconds, ...what });
  const run = await awaitRun(server.client, id);
  const { bytes } = await followOutput(server.client, id);
  ended.set(aiAgent, { run, log: bytes.toString() });
}

beforeAll(async () => {
  folder = await createDataFolder();
  provider = await startModelServer({ host: '127.0.0.1' });
  server = await startServer({
    dataDir: folder.path,
    environment: {
      ...{ RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', RATE_LIMIT_REQUESTS: '10000' },
      ...{ MODEL_UPSTREAM: 'http', ANTHROPIC_UPSTREAM_URL: provider.url },
      ...{ OPENAI_UPSTREAM_URL: provider.url, GOOGLE_UPSTREAM_URL: provider.url },
    },
  });
  await Promise.all(CASES.map(runToItsEnd));
});

afterAll(async () => {
  await server?.stop();
  await provider?.close();
  await folder?.remove();
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

describe('real CLIs before a provider that fails', () => {
  it.each(CASES)("$aiAgent sees its provider's own error and its run ends: $fault", ({ aiAgent, says }) => {
    const { run, log } = ended.get(aiAgent)!;
    expect(log).toMatch(says);
    expect(run.state).toBe(aiAgent === 'CLAUDE_CODE' ? 'TIMED_OUT' : 'FAILED');
    expect(run.usage.requestCount).toBeGreaterThan(0);
  });

  it("have each call counted once, as the provider's books have it", () => {
    const { lines } = provider.books;
    const failed = lines.map((line) => sum(Object.values(line.failed)) + line.cut);
    const runs = [...ended.values()].map(({ run }) => run.usage);
    expect(sum(runs.map(({ requestCount }) => requestCount))).toBe(sum(lines.map(({ received }) => received)));
    expect(sum(runs.map(({ errorCount }) => errorCount))).toBe(sum(failed));
    expect(sum(failed)).toBeGreaterThan(CASES.length);
  });
});
