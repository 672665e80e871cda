import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AiAgent } from '../../src/kernel/ai-agents.js';
import type { TestClient } from './client.js';

export interface RunView {
  readonly id: string;
  readonly state: string;
  readonly exitCode: number | null;
  readonly runtime: string;
  readonly modelUpstream: string;
  readonly failure: { code: string; message: string } | null;
  readonly log: { bytes: number; complete: boolean; truncated: boolean; fileName: string };
  readonly usage: { requestCount: number; errorCount: number; inputTokens: number; outputTokens: number };
  readonly artifacts: readonly { name: string; bytes: number; url: string }[];
}

const RUN = `id state exitCode runtime modelUpstream failure { code message } log { bytes complete truncated fileName }
  usage { requestCount errorCount inputTokens outputTokens } artifacts(limit: 100) { name bytes url }`;

export const START_TRIAGE = `mutation ($input: StartTriageInput!) { startTriage(input: $input) { ${RUN} } }`;
export const TRIAGE_RUN = `query ($id: ID!) { triageRun(id: $id) { ${RUN} } }`;
export const TRIAGE_OUTPUT = `subscription ($runId: ID!, $fromOffset: ByteOffset!) {
  triageOutput(runId: $runId, fromOffset: $fromOffset, encoding: BASE64) { offset nextOffset data } }`;

/** Looks like a provider's key and occurs nowhere else. */
export const randomKey = (): string => `sk-ant-test-${randomBytes(24).toString('hex')}`;

/** An instance with one AI agent configured, Claude Code unless told otherwise; started unless told otherwise. */
export async function createInstance(
  client: TestClient,
  options: { apiKey?: string; start?: boolean; aiAgent?: AiAgent } = {},
): Promise<string> {
  const { aiAgent = 'CLAUDE_CODE' } = options;
  const { createInstance: created } = await client.ok<{ createInstance: { id: string } }>(
    `mutation ($name: String!) { createInstance(input: { name: $name }) { id } }`,
    { name: `test-${randomBytes(6).toString('hex')}` },
  );
  await client.ok(`mutation ($input: ConfigureAiAgentInput!) { configureAiAgent(input: $input) { aiAgent } }`, {
    input: {
      instanceId: created.id,
      aiAgent,
      apiKey: options.apiKey ?? randomKey(),
      ...(aiAgent === 'CLAUDE_CODE' ? { model: 'claude-sonnet-4-20250514' } : {}),
    },
  });
  if (options.start !== false) await startInstance(client, created.id);
  return created.id;
}

export const startInstance = (client: TestClient, id: string) =>
  client.ok(`mutation ($id: ID!) { startInstance(id: $id) { state } }`, { id });

export async function startTriage(client: TestClient, input: Record<string, unknown>): Promise<RunView> {
  return (await client.ok<{ startTriage: RunView }>(START_TRIAGE, { input })).startTriage;
}

export async function getRun(client: TestClient, id: string): Promise<RunView> {
  return (await client.ok<{ triageRun: RunView }>(TRIAGE_RUN, { id })).triageRun;
}

export interface ReportView {
  readonly promptSent: string | null;
  readonly report: {
    readonly outcome: string;
    readonly evidence: readonly { quote: string; citation: { offset: number; length: number } | null }[];
  } | null;
}

export async function getReport(client: TestClient, id: string): Promise<ReportView> {
  const query = `query ($id: ID!) { triageRun(id: $id) {
    promptSent report { outcome evidence { quote citation { offset length } } } } }`;
  return (await client.ok<{ triageRun: ReportView }>(query, { id })).triageRun;
}

export const ENDED_STATES: readonly string[] = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'LOST'];

/** Waits for the run to reach one of the states; by default for its end. */
export async function awaitRun(
  client: TestClient,
  id: string,
  states: readonly string[] = ENDED_STATES,
  seconds = 120,
): Promise<RunView> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const run = await getRun(client, id);
    if (states.includes(run.state)) return run;
    if (ENDED_STATES.includes(run.state) || Date.now() > deadline)
      throw new Error(`the run is ${JSON.stringify(run)}, not ${states.join(' or ')}`);
    // One request a second at most, so that a long wait stays within the tenant's quota.
    await sleep(1000);
  }
}

/** Follows the log until it ends, or until at least `stopAfter` bytes came; every chunk must continue where the last ended. */
export async function followOutput(
  client: TestClient,
  runId: string,
  options: { fromOffset?: number; stopAfter?: number } = {},
): Promise<{ bytes: Buffer; nextOffset: number; chunks: number }> {
  const pieces: Buffer[] = [];
  let nextOffset = options.fromOffset ?? 0;
  const first = nextOffset;
  const stream = client.subscribe<{ triageOutput: { offset: number; nextOffset: number; data: string } }>(
    TRIAGE_OUTPUT,
    {
      runId,
      fromOffset: nextOffset,
    },
  );
  for await (const { triageOutput: chunk } of stream) {
    if (chunk.offset !== nextOffset) throw new Error(`a chunk starts at ${chunk.offset} instead of ${nextOffset}`);
    const bytes = Buffer.from(chunk.data, 'base64');
    if (bytes.length !== chunk.nextOffset - chunk.offset) throw new Error('a chunk does not hold what its offsets say');
    pieces.push(bytes);
    nextOffset = chunk.nextOffset;
    if (options.stopAfter !== undefined && nextOffset - first >= options.stopAfter) break;
  }
  return { bytes: Buffer.concat(pieces), nextOffset, chunks: pieces.length };
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
