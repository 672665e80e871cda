// needs: docker
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { docker, runContainers } from '../testkit/docker.js';
import { faultRow } from '../testkit/faults/fault-row.js';
import { FaultRig } from '../testkit/faults/fault-rig.js';
import { faultLoad } from '../testkit/faults/load-of-faults.js';
import { startLoad, underWay } from '../testkit/faults/running-load.js';
import { settle } from '../testkit/faults/settle.js';
import { until } from '../testkit/until.js';

let rig: FaultRig;
beforeAll(async () => {
  rig = await FaultRig.start();
});
afterAll(() => rig?.close());

const SUCCEEDED = { state: 'SUCCEEDED', failure: null, log: { complete: true } };
const failed = (code: string, complete = false) => ({ state: 'FAILED', failure: { code }, log: { complete } });

/** tini, which is the first process, ends with it. */
async function killInit(runId: string): Promise<void> {
  const [container] = await runContainers(runId);
  await docker('exec', container!, 'pkill', '-KILL', '-f', '^node /opt/triaged/init/');
}

describe('a container', () => {
  faultRow(
    {
      row: 'triaged-init dies',
      expected: 'run FAILED, gap marked, container removed',
      injected: 'kill -9 in the container',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      await killInit(load.runs[0]!.id);
      const settled = await settle(rig, load);
      const [dead, ...others] = settled.runs;
      expect(dead).toMatchObject(failed('CHANNEL_LOST'));
      expect(others).toMatchObject(others.map(() => SUCCEEDED));
      return settled;
    },
  );

  faultRow(
    {
      row: 'orphan and foreign containers',
      expected: 'ours reaped, others untouched',
      injected: 'docker create with and without our labels',
    },
    async () => {
      const load = await startLoad(rig);
      const image = rig.environment.AGENT_IMAGE!;
      const group = (await readFile(path.join(rig.folder.path, 'run-group.id'), 'utf8')).trim();
      const create = (...labels: string[]): Promise<string> =>
        docker('create', '--network', 'none', ...labels.flatMap((label) => ['--label', label]), image);
      const orphan = await create(`triaged.group=${group}`, `triaged.run=${crypto.randomUUID()}`);
      const foreign = [await create(), await create('triaged.group=another', `triaged.run=${crypto.randomUUID()}`)];
      try {
        const all = async (): Promise<string[]> => (await docker('ps', '-aq', '--no-trunc')).split('\n');
        await until(async () => !(await all()).includes(orphan), 15_000);
        const settled = await settle(rig, load);
        expect(settled.runs).toMatchObject(settled.runs.map(() => SUCCEEDED));
        expect(await all()).toEqual(expect.arrayContaining(foreign));
        return settled;
      } finally {
        await docker('rm', '-f', '-v', ...foreign);
      }
    },
  );

  faultRow(
    {
      row: 'container removed by hand',
      expected: 'FAILED with the reason, once',
      injected: 'docker rm -f under a living server',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      await docker('rm', '-f', '-v', ...(await runContainers(load.runs[0]!.id)));
      const settled = await settle(rig, load);
      const [removed, ...others] = settled.runs;
      expect(removed).toMatchObject(failed('CONTAINER_REMOVED'));
      expect(others).toMatchObject(others.map(() => SUCCEEDED));
      return settled;
    },
  );

  faultRow(
    {
      row: 'container gone while no server was there',
      expected: 'LOST, once',
      injected: 'kill -9, docker rm -f, restart',
    },
    async () => {
      const load = await startLoad(rig);
      await underWay(rig, load);
      await rig.server.kill();
      await docker('rm', '-f', '-v', ...(await runContainers(load.runs[0]!.id)));
      await rig.restart();
      const settled = await settle(rig, load);
      const [lost, ...others] = settled.runs;
      expect(lost).toMatchObject({ state: 'LOST', log: { complete: false } });
      expect(others).toMatchObject(others.map(() => SUCCEEDED));
      return settled;
    },
  );

  faultRow(
    {
      row: 'OOM, fork bomb, TERM ignored',
      expected: 'reason recorded, processes capped, killed after the grace',
      injected: 'fake agent, 256 MiB, cancelTriage',
    },
    async () => {
      const agents = [{ halfway: 'memory' }, { halfway: 'forks' }, { ignoreTerm: true, hangSeconds: 600 }];
      const load = await startLoad(rig, {
        agent: (index) => agents[index] ?? {},
        input: (index) => (index === 0 ? { memory: '256m' } : {}),
      });
      await underWay(rig, load);
      const [, forking, deaf] = load.runs;
      await until(async () => (await logBytes(deaf!.id)) >= deaf!.lines * 100, 1000 * (faultLoad.seconds + 60));
      const cancelled = Date.now();
      await rig.client.ok('mutation ($id: ID!) { cancelTriage(id: $id) { state } }', { id: deaf!.id });
      await until(async () => (await runContainers(deaf!.id)).length === 0, 30_000);
      expect(Date.now() - cancelled).toBeLessThan(25_000);
      const settled = await settle(rig, load);
      const [eaten, forked, killed, ...others] = settled.runs;
      expect(eaten).toMatchObject(failed('OUT_OF_MEMORY', true));
      expect(forked).toMatchObject(SUCCEEDED);
      expect(killed).toMatchObject({ state: 'CANCELLED', log: { complete: true } });
      expect(others).toMatchObject(others.map(() => SUCCEEDED));
      const forks = path.join(rig.folder.path, 'artifacts', forking!.id, 'output/forks.json');
      const { processes, refusal } = JSON.parse(await readFile(forks, 'utf8')) as Record<string, unknown>;
      expect(refusal).toBe('EAGAIN');
      expect(processes).toBeLessThan(512);
      return settled;
    },
  );
});

async function logBytes(runId: string): Promise<number> {
  const query = 'query ($id: ID!) { triageRun(id: $id) { log { bytes } } }';
  return (await rig.client.ok<{ triageRun: { log: { bytes: number } } }>(query, { id: runId })).triageRun.log.bytes;
}
