import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeRuntime } from '../../src/adapters/container-runtime/fake-runtime.js';
import { ForsakenRuns } from '../../src/features/triage/forsaken-runs.js';
import type { RunSupervisor } from '../../src/features/triage/index.js';
import { actorOf, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

jest.setTimeout(40_000);

const acme = actorOf('acme');
const isRunning = ({ state }: { state: string }): boolean => state === 'RUNNING';

describe('servers with run folders of their own on one database', () => {
  let rig: DomainRig;
  let server: DomainServer;
  let elsewhere: DomainServer;
  let instanceId: string;
  const supervisors: RunSupervisor[] = [];
  beforeEach(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
    elsewhere = await rig.server({ workerId: 'worker-z', runGroup: 'group-z', runtime: new FakeRuntime() });
    instanceId = await server.startedInstance(acme);
  });
  afterEach(async () => {
    for (const supervisor of supervisors.splice(0)) await supervisor.close();
    await rig.close();
  });

  const supervise = async (on: DomainServer): Promise<RunSupervisor> => {
    const supervisor = on.supervisor();
    supervisors.push(supervisor);
    await supervisor.start();
    return supervisor;
  };
  const leaseEnded = (interval: string) =>
    server.dataSource.query(`UPDATE triage_runs SET lease_expires_at = clock_timestamp() - $1::interval`, [interval]);

  it('leave a run to the group that has its container', async () => {
    const first = await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { hangSeconds: 2 });
    await server.awaitRun(acme, id, isRunning);
    await first.close();
    await supervise(elsewhere);
    expect(await elsewhere.store.claimAbandoned([])).toEqual([]);
    await supervise(await rig.server({ workerId: 'worker-b' }));
    expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'SUCCEEDED', logComplete: true, fence: 2 });
  });

  it('take what is queued, whoever queued it', async () => {
    const { id } = await server.startRun(acme, instanceId);
    expect((await server.triage.get(acme, id)).runGroup).toBeNull();
    await supervise(elsewhere);
    expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'SUCCEEDED', runGroup: 'group-z' });
  });

  it('end a run of which no server was seen for a quarter of an hour, once and with its reason', async () => {
    const { id } = await server.startRun(acme, instanceId);
    const [run] = await server.store.claimQueued(1);
    await leaseEnded('14 minutes');
    expect(await elsewhere.store.forsaken()).toEqual([]);
    expect(await elsewhere.store.endForsaken([id])).toEqual([]);
    await leaseEnded('16 minutes');
    expect(await server.store.forsaken()).toEqual([]);
    expect(await server.store.endForsaken([id])).toEqual([]);
    expect(await elsewhere.store.forsaken()).toEqual([id]);
    const ended = await Promise.all([elsewhere.store.endForsaken([id]), elsewhere.store.endForsaken([id])]);
    expect(ended.flat()).toEqual([{ tenantId: 'acme', id }]);
    expect(await elsewhere.store.find(ended.flat()[0]!)).toMatchObject({ id, aiAgent: 'CLAUDE_CODE', state: 'LOST' });
    expect(await server.triage.get(acme, id)).toMatchObject({ state: 'LOST', reasonCode: 'SERVER_LOST' });
    expect(await server.store.markStarted(run!)).toBe(false);
    const [report] = await server.dataSource.query<{ problem: object }[]>('SELECT problem FROM triage_reports');
    expect(report!.problem).toMatchObject({ code: 'MISSING' });
  });

  it('leave a group the time to renew its leases when the database was away for all', async () => {
    const { id } = await server.startRun(acme, instanceId);
    const [run] = await server.store.claimQueued(1);
    const graceMs = 1_500;
    const forsaken = new ForsakenRuns(elsewhere.store, graceMs);
    await leaseEnded('16 minutes');
    expect(await forsaken.end()).toEqual([]);
    await server.store.renew([run!]);
    await sleep(graceMs + 50);
    expect(await forsaken.end()).toEqual([]);

    await leaseEnded('16 minutes');
    expect(await forsaken.end()).toEqual([]);
    // No look in between: the database may have been away again.
    await sleep(graceMs + 50);
    expect(await forsaken.end()).toEqual([]);

    const ended: string[] = [];
    const before = performance.now();
    while (ended.length === 0 && performance.now() - before < 10_000) {
      await sleep(100);
      ended.push(...(await forsaken.end()).map((run) => run.id));
    }
    expect(ended).toEqual([id]);
    expect(performance.now() - before).toBeGreaterThan(graceMs - 50);
  });

  it('let the group come back in time', async () => {
    const first = await supervise(server);
    const { id } = await server.startRun(acme, instanceId, { hangSeconds: 1 });
    await server.awaitRun(acme, id, isRunning);
    await first.close();
    await leaseEnded('14 minutes');
    await supervise(elsewhere);
    await sleep(500);
    await supervise(server);
    expect(await server.awaitRun(acme, id)).toMatchObject({ state: 'SUCCEEDED', logComplete: true });
  });
});
