import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENDED_STATES, getRun, startTriage } from '../triage.js';
import type { FaultRig } from './fault-rig.js';
import { faultLoad } from './load-of-faults.js';
import { LogFollower, type LogFollowerOptions } from './log-follower.js';
import { numberedLines } from './numbered-log.js';
import { patiently } from './patiently.js';

export interface LoadOptions {
  readonly containers?: number;
  readonly subscribers?: number;
  readonly stalled?: number;
  readonly lines?: number;
  readonly linesPerSecond?: number;
  /** Of the run so numbered: what its agent does beside or in place of its part of the load. */
  readonly agent?: (index: number) => Readonly<Record<string, unknown>>;
  /** Of the run so numbered: more of its `startTriage`. */
  readonly input?: (index: number) => Readonly<Record<string, unknown>>;
  readonly follower?: Pick<LogFollowerOptions, 'dropAfterChunks'>;
}

export interface LoadedRun {
  readonly id: string;
  readonly lines: number;
}

/** Runs of the fake agent and those who follow their logs. */
export interface RunningLoad {
  readonly runs: readonly LoadedRun[];
  readonly followers: readonly LogFollower[];
}

const CALLS_OF_A_RUN = 6;

/** Starts the load and returns when every run is queued; whoever injects a fault waits with `underWay`. */
export async function startLoad(rig: FaultRig, options: LoadOptions = {}): Promise<RunningLoad> {
  const { containers = faultLoad.containers, linesPerSecond = faultLoad.linesPerSecond } = options;
  const { lines = linesPerSecond * faultLoad.seconds } = options;
  const instanceId = await rig.instanceId();
  const starting = Array.from({ length: containers }, async (_, index) => {
    const agent: ReturnType<typeof numberedLines> & { callsAlong: string[] } = {
      ...numberedLines(lines, linesPerSecond),
      callsAlong: calls(),
      ...options.agent?.(index),
    };
    const input = {
      ...{ instanceId, prompt: 'Print.', idempotencyKey: randomUUID(), timeoutSeconds: 300 },
      incident: JSON.stringify({ id: `load-${index}`, fakeAgent: agent }),
      ...options.input?.(index),
    };
    return { id: await patiently(async () => (await startTriage(rig.client, input)).id), lines: agent.lines };
  });
  const runs = await Promise.all(starting);
  return { runs, followers: followersOf(rig, runs, options) };
}

const calls = (): string[] => Array.from({ length: CALLS_OF_A_RUN }, () => 'load');

function followersOf(rig: FaultRig, runs: readonly LoadedRun[], options: LoadOptions): LogFollower[] {
  const { subscribers = faultLoad.subscribers, stalled = faultLoad.stalled } = options;
  const apiKey = rig.client.apiKey!;
  const server = () => ({ url: rig.server.url, apiKey });
  return Array.from({ length: subscribers }, (_, index) => {
    const { id: runId } = runs[index % runs.length]!;
    return new LogFollower({ runId, server, stalls: index < stalled, ...options.follower });
  });
}

/** Waits until the agents of these runs print, all of them unless told otherwise. */
export async function underWay(rig: FaultRig, load: RunningLoad, among = load.runs): Promise<void> {
  const deadline = Date.now() + 90_000;
  for (const { id } of among) {
    for (;;) {
      const run = await getRun(rig.client, id).catch(() => undefined);
      if (run && (run.log.bytes > 0 || ENDED_STATES.includes(run.state))) break;
      if (Date.now() > deadline) throw new Error(`the agent of ${id} does not print: ${JSON.stringify(run)}`);
      await sleep(100);
    }
  }
}
