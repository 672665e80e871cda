// needs: docker, redis
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultRow } from '../testkit/faults/fault-row.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { faultLoad } from '../testkit/faults/load-of-faults.js';
import { runRecords } from '../testkit/faults/recorded-ends.js';
import { startLoad, underWay } from '../testkit/faults/running-load.js';
import { settle } from '../testkit/faults/settle.js';
import { startRedis, type TestRedis } from '../testkit/redis.js';
import { startServer, type TestServer } from '../testkit/server.js';
import { until } from '../testkit/until.js';

let redis: TestRedis;
let rig: FaultRig;
let other: TestServer | undefined;
beforeAll(async () => {
  redis = await startRedis();
  const shared = { REDIS_URL: redis.url, MASTER_SECRET: randomBytes(32).toString('hex') };
  rig = await FaultRig.start({ environment: shared });
});
afterAll(async () => {
  await other?.stop();
  await rig?.close();
  await redis?.close();
});

/** Beyond the lease, so that the runs have another owner before the first one goes on. */
const STOPPED_MS = 20_000;

describe('two servers', () => {
  faultRow(
    {
      row: 'two servers, one database',
      expected: "one lease per run; a stale owner's write is refused",
      injected: 'SIGSTOP of the owner, 20 s, SIGCONT',
    },
    async () => {
      // Still at work when the first owner goes on.
      const lines = faultLoad.linesPerSecond * Math.max(faultLoad.seconds, 35);
      const load = await startLoad(rig, { lines });
      await underWay(rig, load);
      const owner = rig.server.pid;
      other = await startServer({
        dataDir: path.join(rig.folder.path, 'other'),
        environment: { ...rig.environment, RUN_DIR: rig.folder.path },
      });
      process.kill(owner, 'SIGSTOP');
      const stopped = Date.now();
      try {
        const isTaken = async (): Promise<boolean> => {
          const records = await runRecords(rig.databaseUrl);
          return load.runs.every(({ id }) => records.get(id)!.fence === 2);
        };
        await until(isTaken, 30_000);
        await sleep(Math.max(0, STOPPED_MS - (Date.now() - stopped)));
      } finally {
        process.kill(owner, 'SIGCONT');
      }
      const settled = await settle(rig, load);
      expect(settled.runs.map(({ state, log }) => [state, log.complete])).toEqual(
        settled.runs.map(() => ['SUCCEEDED', true]),
      );
      const records = await runRecords(rig.databaseUrl);
      expect(settled.runs.map(({ id }) => records.get(id)!.fence)).toEqual(settled.runs.map(() => 2));
      expect(settled.runs.map(({ id }) => rig.starts.of(id))).toEqual(settled.runs.map(() => 1));
      return settled;
    },
  );
});
