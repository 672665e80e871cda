// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { AI_AGENT_NAMES, type AiAgent } from '../../src/kernel/ai-agents.js';
import { setLimits } from '../testkit/played-runs.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, followOutput, startTriage, type RunView } from '../testkit/triage.js';

/** Each is met in the middle of the work: the built-in mock lets a triage take four calls at least. */
const LIMITS = {
  requests: { requestsPerMinute: 2 },
  run: { runBudget: { tokens: 1 } },
  day: { dayBudget: { tokens: 1 } },
};

type Limit = keyof typeof LIMITS;

interface Met {
  readonly run: RunView;
  readonly seconds: number;
  readonly limitedCount: number;
  readonly log: string;
}

interface Ending {
  readonly exitCode: number;
  /** It goes on trying or sleeps, so the server ends it. */
  readonly byServer?: true;
}

/** As docs/limits.md has it; 143 is what SIGTERM leaves. */
const BUDGET_ENDINGS: Readonly<Record<AiAgent, Readonly<Record<'run' | 'day', Ending>>>> = {
  CLAUDE_CODE: { run: { exitCode: 1 }, day: { exitCode: 1 } },
  CODEX_CLI: { run: { exitCode: 1 }, day: { exitCode: 1 } },
  GEMINI_CLI: { run: { exitCode: 173 }, day: { exitCode: 173 } },
  OPENCODE: { run: { exitCode: 143, byServer: true }, day: { exitCode: 143, byServer: true } },
  GOOSE: { run: { exitCode: 0 }, day: { exitCode: 143, byServer: true } },
};

/** What they print of the gateway's answer; Codex CLI has words of its own for a spent quota. */
const CODEX_SAYS = /"turn\.failed".*Quota exceeded\. Check your plan and billing details\./;
const OTHERS_SAY = /budget.{0,60}1 tokens, is spent\. Do not try again/;

const TIMEOUT_SECONDS = 150;
/** How far apart those begin that wait for their window, so that few work at once. */
const APART_MS = 10_000;

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
const ended = new Map<string, Met>();

async function meet(aiAgent: AiAgent, limit: Limit): Promise<void> {
  const instanceId = await createInstance(server.client, { aiAgent });
  await setLimits(server.client, { instanceId }, { aiAgent, ...LIMITS[limit] });
  const began = Date.now();
  const what = { prompt: 'Why?', incident: SAMPLE_INCIDENT, timeoutSeconds: TIMEOUT_SECONDS };
  const { id } = await startTriage(server.client, { instanceId, aiAgent, ...what });
  const run = await awaitRun(server.client, id, undefined, TIMEOUT_SECONDS + 60);
  const seconds = (Date.now() - began) / 1000;
  const USAGE = `query ($id: ID!) { triageRun(id: $id) { usage { limitedCount } } }`;
  const { triageRun } = await server.client.ok<{ triageRun: { usage: { limitedCount: number } } }>(USAGE, { id });
  const { bytes } = await followOutput(server.client, id);
  ended.set(`${aiAgent} ${limit}`, { run, seconds, ...triageRun.usage, log: bytes.toString() });
}

beforeAll(async () => {
  folder = await createDataFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: {
      ...{ RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '' },
      ...{ RATE_LIMIT_REQUESTS: '100000', MAX_CONCURRENT_RUNS: '6' },
    },
  });
  const waiting = AI_AGENT_NAMES.map(async (aiAgent, index) => {
    await sleep(index * APART_MS);
    await meet(aiAgent, 'requests');
  });
  for (const limit of ['run', 'day'] as const) {
    for (const aiAgent of AI_AGENT_NAMES) await meet(aiAgent, limit);
  }
  await Promise.all(waiting);
}, 400_000);

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const metBy = (aiAgent: AiAgent, limit: Limit): Met => ended.get(`${aiAgent} ${limit}`)!;

describe('the real CLIs before limits of model calls', () => {
  it.each(AI_AGENT_NAMES)('%s waits for the next minute and finishes its triage', (aiAgent) => {
    const { run, seconds, limitedCount } = metBy(aiAgent, 'requests');
    expect(run).toMatchObject({ state: 'SUCCEEDED', exitCode: 0, failure: null, usage: { errorCount: 0 } });
    expect(run.usage.requestCount).toBeGreaterThan(LIMITS.requests.requestsPerMinute);
    // It comes back when it was told to, and not before.
    expect(limitedCount).toBe(1);
    expect(seconds).toBeGreaterThan(55);
    expect(seconds).toBeLessThan(110);
  });

  it.each(AI_AGENT_NAMES.flatMap((aiAgent) => (['run', 'day'] as const).map((limit) => ({ aiAgent, limit }))))(
    "$aiAgent ends soon after the $limit's budget is spent, and its run says what was, and what to do",
    ({ aiAgent, limit }) => {
      const { run, seconds, limitedCount, log } = metBy(aiAgent, limit);
      const { exitCode, byServer = false } = BUDGET_ENDINGS[aiAgent][limit];
      expect(run).toMatchObject({ state: 'FAILED', exitCode, failure: { code: 'BUDGET_EXCEEDED' } });
      const message = `Its last model call was refused: ${limit}Budget.tokens of ${aiAgent} on its instance is 1 tokens. Raise it with setAiAgentLimits, or ask for less.`;
      expect(run.failure?.message).toContain(message);
      expect(run.failure?.message.includes('and was ended')).toBe(byServer);
      expect(run.artifacts.map(({ name }) => name)).toContain('workspace/incident.json');
      // Goose asks for a title besides.
      expect(run.usage.requestCount).toBeLessThanOrEqual(2);
      expect(limitedCount).toBeGreaterThanOrEqual(1);
      expect(limitedCount).toBeLessThanOrEqual(6);
      expect(seconds).toBeLessThan(byServer ? 60 : 30);
      if (!byServer) expect(log).toMatch(aiAgent === 'CODEX_CLI' ? CODEX_SAYS : OTHERS_SAY);
    },
  );
});
