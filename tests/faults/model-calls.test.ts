// needs: docker
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultRow } from '../testkit/faults/fault-row.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { startLoad, underWay } from '../testkit/faults/running-load.js';
import { settle, triedCalls } from '../testkit/faults/settle.js';
import { awaitNoContainer } from '../testkit/docker.js';
import { awaitRun, START_TRIAGE } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

let rig: FaultRig;
beforeAll(async () => {
  rig = await FaultRig.start();
});
afterAll(() => rig?.close());

const SUCCEEDED = { state: 'SUCCEEDED', log: { complete: true } };

describe('model calls', () => {
  faultRow(
    {
      row: 'model call while the server restarts',
      expected: "waits, or fails in its provider's form, is tried again and counted once",
      injected: 'kill -9 amid slow calls, restart after 5 s',
    },
    async () => {
      const load = await startLoad(rig, { agent: () => ({ callsAlong: ['load', 'mock-slow', 'load', 'load'] }) });
      await underWay(rig, load);
      const slowOnes = async (): Promise<number> =>
        (await rig.provider.books()).lines.reduce(
          (sum, { model, received }) => sum + (model === 'mock-slow' ? received : 0),
          0,
        );
      await until(async () => (await slowOnes()) > 0, 60_000);
      await rig.killAndRestart(5);
      const settled = await settle(rig, load);
      expect(settled.runs).toMatchObject(settled.runs.map(() => SUCCEEDED));
      const tried = (await Promise.all(load.runs.map(({ id }) => triedCalls(rig, id)))).flatMap((calls) => calls!);
      const answered = new Set(
        tried.filter(({ became }) => became === '200').map(({ tag }) => tag.replace(/-\d+$/, '')),
      );
      expect(answered.size).toBe(load.runs.length * 4);
      expect(tried.filter(({ became }) => became !== '200').length).toBeGreaterThan(0);
      for (const { became, error } of tried.filter(({ became }) => /^\d/.test(became) && became !== '200'))
        expect([became, error]).toEqual([expect.stringMatching(/^50[23]$/), 'api_error']);
      return settled;
    },
  );

  faultRow(
    {
      row: 'upstream hangs, 429, 500, cuts the stream',
      expected: "bounded time, counted once, the CLI sees its provider's error",
      injected: 'mock provider, by the name of the model',
    },
    async () => {
      const callsAlong = ['load', 'mock-429', 'mock-500', 'mock-cut', 'mock-hang', 'load'];
      const load = await startLoad(rig, { agent: () => ({ callsAlong }) });
      const settled = await settle(rig, load);
      expect(settled.runs).toMatchObject(settled.runs.map(() => SUCCEEDED));
      for (const { id } of load.runs) {
        const calls = (await triedCalls(rig, id))!;
        expect(calls.map(({ model, became, error }) => [model, became, error])).toEqual([
          ['load', '200', null],
          ['mock-429', '429', 'rate_limit_error'],
          ['mock-500', '500', 'api_error'],
          ['mock-cut', 'broken', 'TypeError'],
          ['mock-hang', 'broken', 'TimeoutError'],
          ['load', '200', null],
        ]);
      }
      return settled;
    },
  );

  faultRow(
    {
      row: 'same idempotency key × 100 at once',
      expected: 'one run; changed input under the same key is an error',
      injected: 'parallel mutations',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      const idempotencyKey = randomUUID();
      const incident = JSON.stringify({ id: 'once', fakeAgent: { lines: 10 } });
      const input = { instanceId: await rig.instanceId(), prompt: 'Once.', idempotencyKey, incident };
      const start = (changes: object = {}) =>
        rig.client.request<{ startTriage: { id: string } }>(START_TRIAGE, { input: { ...input, ...changes } });
      const replies = await Promise.all(Array.from({ length: 100 }, () => start()));
      expect(replies.filter(({ errors }) => errors)).toEqual([]);
      const ids = new Set(replies.map(({ data }) => data!.startTriage.id));
      expect(ids.size).toBe(1);
      const changed = await start({ prompt: 'Twice.' });
      expect([changed.status, changed.errors?.[0]?.extensions.error_code]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
      await sleep(1000);
      const settled = await settle(rig, load);
      expect(settled.runs).toMatchObject(settled.runs.map(() => SUCCEEDED));
      const [id] = ids;
      await awaitRun(rig.client, id!);
      await awaitNoContainer(id!);
      expect(rig.starts.of(id!)).toBe(1);
      return settled;
    },
  );
});
