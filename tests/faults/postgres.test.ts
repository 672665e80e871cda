// needs: docker
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultRow } from '../testkit/faults/fault-row.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { faultLoad } from '../testkit/faults/load-of-faults.js';
import { OwnPostgres } from '../testkit/faults/own-postgres.js';
import { startLoad, underWay } from '../testkit/faults/running-load.js';
import { settle, type Settled } from '../testkit/faults/settle.js';
import { until } from '../testkit/until.js';

let postgres: OwnPostgres;
let rig: FaultRig;
beforeAll(async () => {
  postgres = await OwnPostgres.start();
  rig = await FaultRig.start({ databaseUrl: postgres.url });
});
afterAll(async () => {
  await rig?.close();
  await postgres?.close();
});

const ask = () => rig.client.request('{ instances(limit: 1) { items { id } } }');
const isServed = async (): Promise<boolean> => (await ask()).status === 200;

function expectUnharmed(settled: Settled): Settled {
  expect(settled.runs.map(({ state, log }) => [state, log.complete])).toEqual(
    settled.runs.map(() => ['SUCCEEDED', true]),
  );
  return settled;
}

describe('Postgres', () => {
  faultRow(
    {
      row: `Postgres down ${faultLoad.awaySeconds} s`,
      expected: '503 for requests, runs go on, ends and usage written once afterwards',
      injected: 'cluster stopped, started again',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      // Some of the runs end while it is away.
      await sleep((faultLoad.seconds * 1000) / 2);
      await postgres.stop();
      const stopped = Date.now();
      do {
        const reply = await ask();
        expect([reply.status, reply.errors?.[0]?.extensions.error_code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
        await sleep(500);
      } while (Date.now() - stopped < faultLoad.awaySeconds * 1000);
      await postgres.restart();
      await until(isServed, 15_000);
      return expectUnharmed(await settle(rig, load));
    },
  );

  faultRow(
    {
      row: 'half-open TCP to Postgres',
      expected: 'noticed within 15 s, runs go on',
      injected: 'open connections pass nothing on',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      postgres.gate.blackHole();
      const began = Date.now();
      // The server needs 15 s at most; the rest is for a machine that is busy with the load.
      await until(isServed, 30_000);
      expect(Date.now() - began).toBeLessThan(30_000);
      return expectUnharmed(await settle(rig, load));
    },
  );
});
