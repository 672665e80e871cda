import { describe, expect, it } from '@jest/globals';
import { newClusterId } from '../../kernel/ids.js';
import type { ClusterId, TenantId } from '../../kernel/ids.js';
import { ClusterBatch } from './cluster-batch.js';
import type { Cluster } from './cluster.js';

const [acme, globex] = ['acme', 'globex'] as TenantId[] as [TenantId, TenantId];

describe('ClusterBatch', () => {
  it('asks once for what is asked in one turn, for each tenant on its own, and anew in the next', async () => {
    const asked: [TenantId, readonly ClusterId[]][] = [];
    const [a, b, gone] = [newClusterId(), newClusterId(), newClusterId()];
    const batch = new ClusterBatch(async (tenantId, ids) => {
      asked.push([tenantId, ids]);
      return ids.filter((id) => id !== gone).map((id) => ({ id, name: tenantId }) as unknown as Cluster);
    });
    const found = await Promise.all([
      batch.find(acme, a),
      batch.find(acme, b),
      batch.find(acme, a),
      batch.find(globex, a),
      batch.find(acme, gone),
    ]);
    expect(found.map((cluster) => cluster && [cluster.id, cluster.name])).toEqual([
      [a, acme],
      [b, acme],
      [a, acme],
      [a, globex],
      undefined,
    ]);
    await batch.find(acme, b);
    expect(asked).toEqual([
      [acme, [a, b, gone]],
      [globex, [a]],
      [acme, [b]],
    ]);
  });

  it('tells everybody who asked that the database is away, and asks again later', async () => {
    let calls = 0;
    const batch = new ClusterBatch(async () => {
      calls += 1;
      throw new Error('away');
    });
    const id = newClusterId();
    const both = await Promise.allSettled([batch.find(acme, id), batch.find(acme, id)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(batch.find(acme, id)).rejects.toThrow('away');
    expect(calls).toBe(2);
  });
});
