// needs: docker
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultRow } from '../testkit/faults/fault-row.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { startLoad, underWay } from '../testkit/faults/running-load.js';
import { settle } from '../testkit/faults/settle.js';

const DELAY_SECONDS = 2;

let rig: FaultRig;
beforeAll(async () => {
  rig = await FaultRig.start({ environment: { SHUTDOWN_DELAY: String(DELAY_SECONDS) } });
});
afterAll(() => rig?.close());

const readiness = async (): Promise<number | undefined> =>
  fetch(`${rig.server.url}/readyz`).then(
    ({ status }) => status,
    () => undefined,
  );

describe('a server that is told to end', () => {
  faultRow(
    {
      row: 'SIGTERM, then a second',
      expected: 'readiness first, intake stops, sockets close 1001, runs re-adopted; the second forces',
      injected: 'kill -TERM; restart; kill -TERM twice',
    },
    async () => {
      const load = await startLoad(rig, { stalled: 0 });
      await underWay(rig, load);
      process.kill(rig.server.pid, 'SIGTERM');
      await sleep(500);
      expect(await readiness()).toBe(503);
      expect((await rig.client.request('{ __typename }')).status).toBe(200);
      expect(await rig.server.exited).toBe(0);
      await rig.restart();
      const codes = load.followers.flatMap(({ closeCodes }) => closeCodes);
      expect(codes.filter((code) => code === 1001).length).toBeGreaterThanOrEqual(load.followers.length);

      await underWay(rig, load);
      process.kill(rig.server.pid, 'SIGTERM');
      await sleep(200);
      const second = Date.now();
      process.kill(rig.server.pid, 'SIGTERM');
      expect(await rig.server.exited).not.toBe(0);
      expect(Date.now() - second).toBeLessThan(1000);
      await rig.restart();

      const settled = await settle(rig, load);
      expect(settled.runs.map(({ state, log }) => [state, log.complete])).toEqual(
        settled.runs.map(() => ['SUCCEEDED', true]),
      );
      expect(settled.runs.map(({ id }) => rig.starts.of(id))).toEqual(settled.runs.map(() => 1));
      return settled;
    },
  );
});
