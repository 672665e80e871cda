import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runWords } from '../../tests/testkit/command-line.js';
import { HOSTILE_TEXTS, OBEYED, SGR } from '../../tests/testkit/hostile-texts.js';
import {
  SCRIPTED_END,
  SCRIPTED_RUN,
  startScriptedServer,
  type ScriptedServer,
} from '../../tests/testkit/scripted-server.js';

const ALL = HOSTILE_TEXTS.join(' ');
const instance = {
  ...{ id: SCRIPTED_RUN.instanceId, name: ALL, state: 'RUNNING', createdAt: SCRIPTED_RUN.createdAt, startedAt: null },
  ...{ egress: HOSTILE_TEXTS, keyDelivery: ALL, providerFeatures: HOSTILE_TEXTS },
  aiAgents: [{ aiAgent: 'CLAUDE_CODE', configured: true, model: ALL, provider: ALL, keyLastFour: ALL }],
};
const cluster = {
  ...{ id: 'c', name: ALL, kubernetesVersion: ALL, namespace: ALL, serverUrl: ALL, warnings: HOSTILE_TEXTS },
  checkedAt: SCRIPTED_RUN.createdAt,
};
const run = { ...SCRIPTED_END, model: ALL, state: 'FAILED', failure: { code: 'AGENT_FAILED', message: ALL } };
const test = {
  ...{
    aiAgent: 'CLAUDE_CODE',
    upstream: 'HTTP',
    ok: false,
    failure: { class: ALL, message: ALL, providerMessage: ALL },
  },
  provider: { ok: false, model: ALL, latencyMs: 1, failure: null },
};
const pageOf = (item: object) => ({ items: [item], nextCursor: null, totalCount: 1 });

/** By operation; whatever else is asked is refused, in the same words. */
const ANSWERS: Readonly<Record<string, object>> = {
  Instances: { instances: pageOf(instance) },
  Instance: { instance },
  TriageRuns: { triageRuns: pageOf(run) },
  Clusters: { clusters: pageOf(cluster) },
  TriageRun: { triageRun: run },
  StartTriage: { startTriage: { ...SCRIPTED_RUN, model: ALL } },
  TestAiAgentConnection: { testAiAgentConnection: test },
};

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer({
    answer: ({ operation }) => {
      const data = ANSWERS[operation];
      return data ? { data } : { code: 'BAD_USER_INPUT', message: ALL };
    },
    subscriptions: {
      triageRunChanged: async function* () {
        yield { triageRunChanged: run };
      },
      // eslint-disable-next-line require-yield -- a log of no bytes
      triageOutput: async function* () {
        return;
      },
    },
  });
});
afterAll(() => server.close());

describe('what a server says', () => {
  it.each([
    [['instances'], 0],
    [['instances', 'show', SCRIPTED_RUN.instanceId], 0],
    [['runs'], 0],
    [['clusters'], 0],
    [['ai-agents', 'test'], 1],
    [['triage', '--incident', '-', 'Why?'], 1],
    [['cancel', SCRIPTED_RUN.id], 6],
    [['instances', 'create', 'x'], 6],
  ])(
    'is shown by %j, and a terminal obeys nothing of it',
    async (words, exitCode) => {
      for (const more of [[], ['--json']]) {
        const ran = await runWords([...words, ...more], {
          environment: {
            ...{ TRIAGED_URL: server.url, TRIAGED_API_KEY: 'tri_x', TRIAGED_INSTANCE: SCRIPTED_RUN.instanceId },
            TERM: 'xterm',
          },
          columns: 120,
          stdin: '{}',
        });
        const shown = ran.out + ran.err;
        expect({ exitCode: ran.exitCode, shown }).toEqual({
          exitCode,
          shown: expect.stringContaining('52;c;cm0gLXJmIC8='),
        });
        expect(shown.replace(SGR, '')).not.toMatch(OBEYED);
      }
    },
    20_000,
  );
});
