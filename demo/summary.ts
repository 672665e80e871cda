import { stat } from 'node:fs/promises';
import path from 'node:path';
import { terminalText } from '../sdk/src/renderer/index.js';
import type { TriageRun } from '../sdk/src/index.js';

/** Files of a run in a data folder of this machine; undefined when there is no such file. */
export interface RunFiles {
  readonly log: string | undefined;
  readonly prompt: string | undefined;
  readonly report: string | undefined;
}

/** Only what is there: `dataDir` need not be the server's. */
export async function filesOf(dataDir: string, run: TriageRun): Promise<RunFiles> {
  const find = async (pattern: RegExp) => {
    const name = run.artifacts.find((artifact) => pattern.test(artifact.name))?.name;
    const file = path.join(dataDir, 'artifacts', run.id, name ?? '');
    const isThere = name !== undefined && (await stat(file).catch(() => undefined))?.isFile() === true;
    return isThere ? file : undefined;
  };
  return {
    log: await find(/^output\/triage_[^/]*\.log$/),
    prompt: await find(/(^|\/)prompt-sent\.md$/),
    report: await find(/(^|\/)[^/]*report[^/]*\.md$/),
  };
}

export interface Result {
  readonly ok: boolean;
  readonly runId: string;
  readonly instanceId: string;
  readonly state: string;
  readonly exitCode: number | null;
  readonly reason: string | null;
  /** From the agent's start to its end. */
  readonly durationMs: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly requestCount: number;
  readonly logBytes: number;
  readonly logComplete: boolean;
  readonly runtime: string;
  readonly modelUpstream: string;
  readonly server: { readonly url: string; readonly startedByDemo: boolean };
  readonly files: RunFiles;
}

export const resultOf = (run: TriageRun, server: Result['server'], files: RunFiles): Result => ({
  ok: run.state === 'SUCCEEDED',
  runId: run.id,
  instanceId: run.instanceId,
  state: run.state,
  exitCode: run.exitCode ?? null,
  reason: run.failure?.message ?? null,
  durationMs: run.startedAt && run.endedAt ? Date.parse(run.endedAt) - Date.parse(run.startedAt) : null,
  inputTokens: run.usage.inputTokens,
  outputTokens: run.usage.outputTokens,
  requestCount: run.usage.requestCount,
  logBytes: run.log.bytes,
  logComplete: run.log.complete,
  runtime: run.runtime,
  modelUpstream: run.modelUpstream,
  server,
  files,
});

/** The result for people; every line names one thing. */
export function summaryText(result: Result, keyFile: string): string {
  const seconds = result.durationMs === null ? 'unknown' : `${(result.durationMs / 1000).toFixed(1)} s`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['state', result.state],
    ['reason', result.reason === null ? undefined : terminalText(result.reason, false)],
    ['exit code', String(result.exitCode ?? 'none')],
    ['duration', seconds],
    ['model calls', String(result.requestCount)],
    [
      'tokens',
      `${result.inputTokens} in, ${result.outputTokens} out${result.modelUpstream === 'MOCK' ? ' (mock)' : ''}`,
    ],
    ['log', result.files.log],
    ['prompt', result.files.prompt],
    ['report', result.files.report],
    ['dashboard', `${result.server.url}/runs/${result.runId}`],
    ['GraphiQL', `${result.server.url}/playground/`],
    ['API key', keyFile],
  ];
  const lines = rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(12)} ${value}\n`]));
  return `\n${lines.join('')}\n`;
}
