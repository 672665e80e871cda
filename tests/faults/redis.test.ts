// needs: docker, redis
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultRow } from '../testkit/faults/fault-row.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { faultLoad } from '../testkit/faults/load-of-faults.js';
import { startLoad, underWay } from '../testkit/faults/running-load.js';
import { settle, type Settled } from '../testkit/faults/settle.js';
import { startRedis, type TestRedis } from '../testkit/redis.js';
import { openTcpGate, type TcpGate } from '../testkit/tcp-gate.js';
import { until } from '../testkit/until.js';

let redis: TestRedis;
let gate: TcpGate;
let rig: FaultRig;
beforeAll(async () => {
  redis = await startRedis();
  gate = await openTcpGate('127.0.0.1', Number(new URL(redis.url).port));
  rig = await FaultRig.start({ environment: { REDIS_URL: `redis://127.0.0.1:${gate.port}` } });
});
afterAll(async () => {
  await rig?.close();
  await gate?.close();
  await redis?.close();
});

const ask = () => rig.client.request('{ __typename }');
const isServed = async (): Promise<boolean> => (await ask()).status === 200;

/** The server gives Redis less than a second; the rest is for a machine that is busy with the load. */
const REFUSED_WITHIN_MS = 4_000;

/** Whatever is asked is refused with 503, not waited for. */
async function expectRefusals(count: number): Promise<void> {
  const began = Date.now();
  const replies = await Promise.all(Array.from({ length: count }, ask));
  expect(Date.now() - began).toBeLessThan(REFUSED_WITHIN_MS);
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 503));
}

function expectUnharmed(settled: Settled): Settled {
  expect(settled.runs.map(({ state, log }) => [state, log.complete])).toEqual(
    settled.runs.map(() => ['SUCCEEDED', true]),
  );
  return settled;
}

describe('Redis', () => {
  faultRow(
    {
      row: 'Redis killed',
      expected: 'refused within 1 s with 503, none allowed, back within 5 s, runs go on',
      injected: 'kill -9, started again empty',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      await redis.kill();
      try {
        for (let second = 0; second < Math.min(faultLoad.awaySeconds, 10); second += 2) {
          await expectRefusals(10);
          await sleep(2000);
        }
      } finally {
        // The rows below need it, whatever became of this one.
        await redis.restart();
      }
      const back = Date.now();
      await until(isServed, 5000);
      expect(Date.now() - back).toBeLessThan(5000);
      return expectUnharmed(await settle(rig, load));
    },
  );

  faultRow(
    {
      row: 'Redis without its scripts, out of memory',
      expected: 'counted on; refused with 503 while full',
      injected: 'SCRIPT FLUSH; maxmemory 1mb noeviction',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      const admin = new Redis(redis.url);
      try {
        await admin.script('FLUSH');
        expect(await isServed()).toBe(true);
        await admin.config('SET', 'maxmemory-policy', 'noeviction');
        await admin.config('SET', 'maxmemory', '1mb');
        await expectRefusals(10);
      } finally {
        await admin.config('SET', 'maxmemory', '0');
        admin.disconnect();
      }
      await until(isServed, 5000);
      return expectUnharmed(await settle(rig, load));
    },
  );

  faultRow(
    {
      row: 'half-open TCP to Redis',
      expected: 'refused until noticed, within 15 s',
      injected: 'open connections pass nothing on',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      gate.blackHole();
      const began = Date.now();
      await until(isServed, 15_000);
      expect(Date.now() - began).toBeLessThan(15_000);
      return expectUnharmed(await settle(rig, load));
    },
  );
});
