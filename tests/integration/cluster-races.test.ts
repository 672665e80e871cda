import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clusterOf } from '../../src/features/triage/run-cluster.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import type { ApiServer } from '../testkit/kubernetes/api-server.js';
import { actorOf, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

const acme = actorOf('acme');

let rig: DomainRig;
let server: DomainServer;
let api: ApiServer;
let instanceId: string;

beforeAll(async () => {
  api = await startApiServer();
  rig = await DomainRig.create();
  // Without a supervisor: runs stay queued.
  server = await rig.server();
  instanceId = await server.startedInstance(acme);
});
afterAll(async () => {
  await rig?.close();
  await api?.close();
});

const register = (name: string) => server.clusters.register(acme, { name, kubeconfig: api.kubeconfig() });

describe('clusters under concurrent calls', () => {
  it('never leave a run that has not ended without the cluster that it asked for', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id: clusterId } = await register(`race-${round}`);
      const [started, deleted] = await Promise.allSettled([
        server.startRun(acme, instanceId, {}, { clusterId }),
        server.clusters.delete(acme, clusterId),
      ]);
      // One of the two comes first, and the other says so.
      expect([started.status, deleted.status].sort()).toEqual(['fulfilled', 'rejected']);
      if (started.status === 'fulfilled') {
        expect(deleted).toMatchObject({ reason: { code: 'CLUSTER_IN_USE', details: { runs: [started.value.id] } } });
        expect((await server.triage.get(acme, started.value.id)).clusterId).toBe(clusterId);
      } else {
        expect(started.reason).toMatchObject({ code: 'NOT_FOUND', details: { id: clusterId } });
      }
    }
  });

  it('leave each run the credential that it was queued with, however often the cluster is given another', async () => {
    const { id: clusterId } = await register('replaced');
    const start = () => server.startRun(acme, instanceId, {}, { clusterId });
    const first = await start();
    const raced = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const run = start();
        if (index % 4 === 0) await server.clusters.update(acme, clusterId, { kubeconfig: api.kubeconfig() });
        await server.destruction.destroyUnused();
        return run;
      }),
    );
    // However the race went, this one has another credential than the first.
    const runs = [first, ...raced, await start()];
    const versions = new Set(runs.map((run) => run.clusterCredentialVersion));
    expect(versions.size).toBeGreaterThan(1);
    for (const run of runs) expect(await server.clusters.secrets(clusterOf(run)!)).toEqual([api.token]);
    await server.instances.stop(acme, instanceId, true);
    await server.destruction.destroyUnused();
    expect(
      await server.dataSource.query('SELECT version FROM cluster_connections WHERE cluster_id = $1', [clusterId]),
    ).toEqual([]);
    await server.instances.start(acme, instanceId);
  });

  it('give each new credential a version of its own, which opens', async () => {
    const { id } = await register('versions');
    const updates = Array.from({ length: 5 }, () =>
      server.clusters.update(acme, id, { kubeconfig: api.kubeconfig({ authentication: 'certificate' }) }),
    );
    await Promise.all(updates);
    expect(await server.clusters.check(acme, id)).toMatchObject({
      credentialVersion: 6,
      credentialKind: 'CLIENT_CERTIFICATE',
    });
  });

  it('register one name once', async () => {
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => register('same')));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of all)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'DUPLICATE_NAME' });
  });
});
