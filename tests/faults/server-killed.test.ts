// needs: docker
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failpoint } from '../../src/kernel/failpoints.js';
import { faultRow } from '../testkit/faults/fault-row.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { faultLoad } from '../testkit/faults/load-of-faults.js';
import { startLoad, underWay, type RunningLoad } from '../testkit/faults/running-load.js';
import { settle, type Settled } from '../testkit/faults/settle.js';

let rig: FaultRig;
beforeAll(async () => {
  rig = await FaultRig.start();
});
afterAll(() => rig?.close());

/** Every agent ran once, to its end, and its log is whole. */
function expectUnharmed({ runs }: Settled): void {
  expect(runs.map(({ state, failure, log }) => ({ state, failure, complete: log.complete }))).toEqual(
    runs.map(() => ({ state: 'SUCCEEDED', failure: null, complete: true })),
  );
  expect(runs.map(({ id }) => rig.starts.of(id))).toEqual(runs.map(() => 1));
}

describe('a server that is killed', () => {
  faultRow(
    {
      row: 'server SIGKILL mid-run',
      expected: 're-adopted at the restart, log resumed at its acknowledged offset',
      injected: 'kill -9, twice',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      for (let kill = 0; kill < 2; kill += 1) {
        await rig.killAndRestart(1);
        await sleep(1000);
      }
      const settled = await settle(rig, load);
      expectUnharmed(settled);
      return settled;
    },
  );

  const moments: readonly [failpoint: Failpoint, moment: string][] = [
    ['run-claimed', 'row and create'],
    ['run-created', 'create and start'],
    ['run-concluded', 'exit and recorded end'],
  ];
  for (const [failpoint, moment] of moments) {
    faultRow(
      {
        row: `SIGKILL between ${moment}`,
        expected: 'no second agent, reconciled within 30 s, one end',
        injected: `failpoint ${failpoint}`,
      },
      async () => {
        await rig.server.stop();
        await rig.restart({ TRIAGED_FAILPOINTS: failpoint });
        const doomed = rig.server;
        const starting = startLoad(rig, { lines: faultLoad.linesPerSecond * 5 });
        expect(await doomed.exited).toBeNull();
        await doomed.kill();
        await rig.restart();
        const restarted = Date.now();
        const load: RunningLoad = await starting;
        await underWay(rig, load);
        // An agent that prints was taken up; of one that had ended, its end shows it.
        if (failpoint !== 'run-concluded') expect(Date.now() - restarted).toBeLessThan(30_000);
        const settled = await settle(rig, load);
        if (failpoint === 'run-concluded') expect(Date.now() - restarted).toBeLessThan(40_000);
        expectUnharmed(settled);
        return settled;
      },
    );
  }
});
