// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, runContainers } from '../testkit/docker.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { ALL_ZERO, type FourCounts } from '../testkit/faults/four-counts.js';
import { LogFollower } from '../testkit/faults/log-follower.js';
import { numberedLines } from '../testkit/faults/numbered-log.js';
import { openHandles, residentBytes } from '../testkit/faults/process-figures.js';
import type { LoadedRun, RunningLoad } from '../testkit/faults/running-load.js';
import { settle } from '../testkit/faults/settle.js';
import { awaitRun, startTriage } from '../testkit/triage.js';

const RUNS = process.env.TRIAGED_FAULT_LOAD === 'full' ? 2000 : 60;
const AT_ONCE = 8;
/** After each part all is drained and looked at; the first two warm the server up. */
const PARTS = 5;
const LINES = 40;
const SETTLE_MS = 5_000;
const MIB = 1024 ** 2;
/** What a server in the same state may have more at one look than at another. */
const MEMORY_SLACK = 48 * MIB;
const HANDLE_SLACK = 8;

/** What goes wrong in one run of ten, in turn. */
const FAULTS = ['exit code', 'cancelled', 'container removed', 'provider fails'] as const;
type Fault = (typeof FAULTS)[number];
const faultOf = (index: number): Fault | undefined =>
  index % 10 === 7 ? FAULTS[Math.floor(index / 10) % FAULTS.length] : undefined;

interface Look {
  readonly runs: number;
  readonly memoryMiB: number;
  readonly handles: number;
}

let rig: FaultRig;
beforeAll(async () => {
  rig = await FaultRig.start({ environment: { MAX_CONCURRENT_RUNS: String(AT_ONCE), LOG_LEVEL: 'error' } });
});
afterAll(() => rig?.close());

const agentOf = (fault: Fault | undefined) => ({
  ...numberedLines(LINES, 400),
  callsAlong: fault === 'provider fails' ? ['load', 'mock-429', 'mock-cut'] : ['load'],
  ...(fault === 'exit code' && { exitCode: 3 }),
  ...((fault === 'cancelled' || fault === 'container removed') && { hangSeconds: 60 }),
});

async function shortRun(index: number): Promise<LoadedRun> {
  const fault = faultOf(index);
  const incident = JSON.stringify({ id: `short-${index}`, fakeAgent: agentOf(fault) });
  const { id } = await startTriage(rig.client, { instanceId: await rig.instanceId(), prompt: 'Print.', incident });
  const server = () => ({ url: rig.server.url, apiKey: rig.client.apiKey! });
  const follower = new LogFollower({ runId: id, server });
  if (fault === 'cancelled' || fault === 'container removed') {
    await follower.reach(1, 60);
    if (fault === 'cancelled') await rig.client.ok('mutation ($id: ID!) { cancelTriage(id: $id) { id } }', { id });
    else await docker('rm', '-f', '-v', ...(await runContainers(id)));
  }
  const { log } = await awaitRun(rig.client, id);
  await follower.finish(log.bytes);
  return { id, lines: LINES };
}

/** So many runs, as many at once as the server takes and a few that wait. */
async function part(from: number, to: number): Promise<RunningLoad> {
  const runs: LoadedRun[] = [];
  let next = from;
  const work = async (): Promise<void> => {
    while (next < to) runs.push(await shortRun(next++));
  };
  await Promise.all(Array.from({ length: AT_ONCE + 4 }, work));
  return { runs, followers: [] };
}

async function look(runs: number): Promise<Look> {
  await sleep(SETTLE_MS);
  const { pid } = rig.server;
  return { runs, memoryMiB: Math.round((await residentBytes(pid)) / MIB), handles: await openHandles(pid) };
}

describe(`${RUNS} short runs, ${AT_ONCE} at a time, faults sprinkled in`, () => {
  it(
    'leave memory and handles flat, no container, and each run ended once',
    async () => {
      const began = Date.now();
      const looks: Look[] = [];
      const total: FourCounts[] = [];
      for (let number = 0; number < PARTS; number += 1) {
        const load = await part((RUNS * number) / PARTS, (RUNS * (number + 1)) / PARTS);
        const { counts, faults } = await settle(rig, load);
        expect(faults).toEqual([]);
        expect(load.runs.map(({ id }) => rig.starts.of(id))).toEqual(load.runs.map(() => 1));
        total.push(counts);
        looks.push(await look((RUNS * (number + 1)) / PARTS));
      }
      const lines = looks.map(({ runs, memoryMiB, handles }) => `${runs} runs: ${memoryMiB} MiB, ${handles} handles`);
      const seconds = Math.round((Date.now() - began) / 1000);
      process.stdout.write(`\n${lines.join('\n')}\n${RUNS} runs in ${seconds} s, each of the four counts 0\n`);
      expect(total).toEqual(total.map(() => ALL_ZERO));
      const [warm, last] = [looks[1]!, looks.at(-1)!];
      expect(last.handles).toBeLessThanOrEqual(warm.handles + HANDLE_SLACK);
      expect(last.memoryMiB * MIB).toBeLessThan(warm.memoryMiB * MIB + MEMORY_SLACK);
    },
    RUNS * 2_000 + 180_000,
  );
});
