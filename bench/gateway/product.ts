import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SOCKET_NAME } from '../../agent-image/triaged-init/protocol.js';
import { Triaged } from '../../sdk/src/index.js';
import { CLAUDE } from '../../demo/demo-agents.js';
import { prepareInstance } from '../../demo/prepare-instance.js';
import { SetAiAgentLimitsDocument, StartTriageDocument, TriageRunDocument } from '../../sdk/src/generated/graphql.js';
import { shortName } from '../../src/kernel/ids.js';
import { startBenchServer } from '../harness/bench-server.js';
import { KEY, type Target } from './call.js';

export interface Product extends Target {
  readonly pid: number;
  close(): Promise<void>;
}

const STARTED_WITHIN_MS = 30_000;
/** Longer than the bench takes. */
const RUN_SECONDS = 3000;

/**
 * The whole server, with a run whose agent does nothing but live: its model calls go over the run's channel, as an
 * agent's do. A limit that is never reached is held, on Redis where its URL is given; metering writes to a Postgres of its own.
 */
export async function startProduct(
  root: string,
  dataDir: string,
  environment: Readonly<Record<string, string>>,
): Promise<Product> {
  const channels = path.join(dataDir, 'c');
  const settings = {
    ...environment,
    ...{ RUNTIME: 'fake', CHANNEL_DIR: channels, MODEL_UPSTREAM: 'http', RATE_LIMIT_REQUESTS: '1000000' },
  };
  const server = await startBenchServer(root, dataDir, settings, 'node');
  const api = new Triaged(server);
  try {
    const instanceId = await prepareInstance(api, CLAUDE, KEY, { step: () => undefined });
    const input = { instanceId, aiAgent: 'CLAUDE_CODE', requestsPerMinute: 1_000_000 } as const;
    await api.request(SetAiAgentLimitsDocument, { input });
    const runId = await startRun(api, instanceId);
    return {
      name: 'triaged',
      at: path.join(channels, shortName(runId), SOCKET_NAME),
      path: '/model/anthropic/v1/messages',
      headers: {},
      pid: server.pid,
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  } finally {
    api.close();
  }
}

async function startRun(api: Triaged, instanceId: string): Promise<string> {
  const incident = JSON.stringify({ fakeAgent: { lines: 1, hangSeconds: RUN_SECONDS } });
  const input = { instanceId, aiAgent: 'CLAUDE_CODE', prompt: 'Wait.', incident, timeoutSeconds: RUN_SECONDS } as const;
  const { id } = (await api.request(StartTriageDocument, { input })).startTriage;
  for (const began = performance.now(); performance.now() - began < STARTED_WITHIN_MS; await delay(50)) {
    const { triageRun } = await api.request(TriageRunDocument, { id });
    if (triageRun.state === 'RUNNING') return id;
  }
  throw new Error(`Run ${id} did not start.`);
}
