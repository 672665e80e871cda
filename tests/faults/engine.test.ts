// needs: docker
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEngineProxy, type EngineProxy } from '../testkit/engine-proxy.js';
import { faultRow } from '../testkit/faults/fault-row.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { faultLoad } from '../testkit/faults/load-of-faults.js';
import { startLoad, underWay } from '../testkit/faults/running-load.js';
import { settle } from '../testkit/faults/settle.js';
import { START_TRIAGE } from '../testkit/triage.js';

let proxy: EngineProxy;
let rig: FaultRig;
beforeAll(async () => {
  proxy = await startEngineProxy((process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', ''));
  rig = await FaultRig.start({ environment: { DOCKER_HOST: proxy.dockerHost } });
});
afterAll(async () => {
  proxy?.recover();
  await rig?.close();
  await proxy?.close();
});

describe('the engine', () => {
  faultRow(
    {
      row: 'engine socket hangs',
      expected: 'calls time out, the API stays live, runs go on',
      injected: 'a proxy before it stops answering',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      proxy.hang();
      // That the image is there is known for two seconds without asking again.
      await sleep(2500);
      const began = Date.now();
      const incident = JSON.stringify({ id: 'refused', fakeAgent: {} });
      const input = { instanceId: await rig.instanceId(), prompt: 'Refuse.', incident };
      const refusal = rig.client
        .request(START_TRIAGE, { input })
        .then((reply) => ({ ...reply, tookMs: Date.now() - began }));
      for (let second = 0; second < Math.max(faultLoad.awaySeconds, 12); second += 1) {
        const asked = Date.now();
        expect((await rig.client.request('{ instances(limit: 1) { items { id } } }')).status).toBe(200);
        // Half of what a call of the engine has: it is not waited for.
        expect(Date.now() - asked).toBeLessThan(5_000);
        await sleep(1000);
      }
      const { status, errors, tookMs } = await refusal;
      expect([status, errors?.[0]?.extensions.error_code]).toEqual([503, 'RUNTIME_UNAVAILABLE']);
      // A call of the engine has 10 s; the rest is for a machine that is busy with the load.
      expect(tookMs).toBeLessThan(25_000);
      proxy.recover();
      const settled = await settle(rig, load);
      expect(settled.runs.map(({ state, log }) => [state, log.complete])).toEqual(
        settled.runs.map(() => ['SUCCEEDED', true]),
      );
      return settled;
    },
  );
});
