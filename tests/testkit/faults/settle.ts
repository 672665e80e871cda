import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { docker } from '../docker.js';
import { awaitRun, type RunView } from '../triage.js';
import { usageByModel } from '../usage-figures.js';
import { until } from '../until.js';
import type { FaultRig } from './fault-rig.js';
import { bytesAmiss, miscounted, type FourCounts } from './four-counts.js';
import { numberedLog } from './numbered-log.js';
import { patiently } from './patiently.js';
import { runRecords, type RunRecord } from './recorded-ends.js';
import type { LoadedRun, RunningLoad } from './running-load.js';

/** How the load came out. */
export interface Settled {
  readonly runs: readonly RunView[];
  readonly counts: FourCounts;
  /** What each count that is not 0 is made of. */
  readonly faults: readonly string[];
}

const REMOVED_WITHIN_MS = 30_000;
const USAGE_WITHIN_MS = 15_000;

/** Waits for the end of all that the load began, and counts what must be 0. */
export async function settle(rig: FaultRig, load: RunningLoad, seconds = 240): Promise<Settled> {
  const runs = await Promise.all(
    load.runs.map(({ id }) => patiently(() => awaitRun(rig.client, id, undefined, seconds), seconds)),
  );
  const faults: string[] = [];
  const note = (amount: number, what: string): number => {
    if (amount !== 0) faults.push(`${what}: ${amount}`);
    return amount;
  };
  const logs = await Promise.all(load.runs.map(({ id }) => readLog(rig, id)));
  let bytes = 0;
  for (const [index, run] of runs.entries()) {
    const log = logs[index]!;
    bytes += note(
      bytesAmiss(ofAgent(log, run.state), expectedOf(load.runs[index]!), run.state === 'SUCCEEDED'),
      `bytes amiss in the log of ${run.id}`,
    );
    bytes += note(Math.abs(run.log.bytes - log.length), `bytes of ${run.id} that its record denies`);
  }
  for (const follower of load.followers) {
    const log = logs[load.runs.findIndex(({ id }) => id === follower.runId)]!;
    const read = await follower.finish(log.length);
    const isSame = read.bytes === log.length && read.sha256 === createHash('sha256').update(log).digest('hex');
    bytes += note(isSame ? follower.gaps : log.length, `bytes amiss at a subscriber of ${follower.runId}`);
  }
  const containers = note(await containersLeft(load), 'containers left');
  const records = await runRecords(rig.databaseUrl);
  let ends = 0;
  for (const { id } of runs) ends += note(Math.abs(records.get(id)!.ends - 1), `ends too many or too few of ${id}`);
  const calls = await callsAmiss(rig, runs, records, note);
  return { runs, counts: { bytes, ends, calls, containers }, faults };
}

/** What the shell says of an agent that was killed is none of the agent's. */
const OBITUARY = '/opt/triaged/runners/';

function ofAgent(log: Buffer, state: string): Buffer {
  const at = state === 'SUCCEEDED' ? -1 : log.indexOf(OBITUARY);
  return at < 0 ? log : log.subarray(0, at);
}

const expectedOf = ({ id, lines }: LoadedRun): Buffer => numberedLog(id, lines);
const readLog = (rig: FaultRig, runId: string): Promise<Buffer> =>
  readFile(path.join(rig.folder.path, 'run-logs', `${runId}.log`)).catch(() => Buffer.alloc(0));

/** Of the load's runs; they are removed just after a run's end. */
async function containersLeft({ runs }: RunningLoad): Promise<number> {
  const ids = new Set(runs.map(({ id }) => id));
  const look = async (): Promise<number> => {
    const listed = await docker('ps', '-a', '--filter', 'label=triaged.run', '--format', '{{.Label "triaged.run"}}');
    return listed.split('\n').filter((id) => ids.has(id)).length;
  };
  await until(async () => (await look()) === 0, REMOVED_WITHIN_MS).catch(() => undefined);
  return look();
}

async function callsAmiss(
  rig: FaultRig,
  runs: readonly RunView[],
  records: ReadonlyMap<string, RunRecord>,
  note: (amount: number, what: string) => number,
): Promise<number> {
  const { timesReceived } = await rig.provider.books();
  const tags = Object.entries(timesReceived);
  let amiss = 0;
  for (const { id } of runs) {
    const ofRun = tags.filter(([tag]) => tag.startsWith(id));
    const received = ofRun.reduce((sum, [, times]) => sum + times, 0);
    const tried = await triedCalls(rig, id);
    const notReceived = tried ? tried.filter(({ tag }) => !(tag in timesReceived)).length : 1;
    const { counted, unknown } = records.get(id)!;
    const account = { received, counted, unknown, notReceived };
    amiss += note(miscounted(account), `calls miscounted of ${id} ${JSON.stringify(account)}`);
  }
  return amiss + note(await usageAmiss(rig, records), 'calls that usage counts otherwise than its runs');
}

export interface TriedCall {
  readonly tag: string;
  readonly model: string;
  /** A status, or `broken`. */
  readonly became: string;
  /** The provider's name of the error. */
  readonly error: string | null;
}

/** Undefined when the agent did not live to tell. */
export async function triedCalls(rig: FaultRig, runId: string): Promise<readonly TriedCall[] | undefined> {
  const file = path.join(rig.folder.path, 'artifacts', runId, 'output/calls.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as TriedCall[]);
}

/** The instance's usage is what its runs add up to: the same statement writes both. */
async function usageAmiss(rig: FaultRig, records: ReadonlyMap<string, RunRecord>): Promise<number> {
  const instanceId = await rig.instanceId();
  const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const ofRuns = Array.from(records.values()).reduce((sum, { counted, unknown }) => sum + counted + unknown, 0);
  // Until it was seen.
  let amiss = -ofRuns;
  const look = async (): Promise<boolean> => {
    const usage = await patiently(() => usageByModel(rig.client, instanceId, day(1), day(0)));
    amiss = usage.reduce((sum, { requestCount, unknownCount }) => sum + requestCount + unknownCount, 0) - ofRuns;
    return amiss === 0;
  };
  await until(look, USAGE_WITHIN_MS).catch(() => undefined);
  return Math.abs(amiss);
}
