import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClusterId, TenantId } from '../../kernel/ids.js';
import type { Cluster } from './cluster.js';

interface Gathered {
  readonly ids: Set<ClusterId>;
  readonly found: Promise<ReadonlyMap<ClusterId, Cluster>>;
}

/** Finds clusters: all that are asked for in one turn of the event loop in one statement. Remembers nothing. */
export class ClusterBatch {
  readonly #gathered = new Map<TenantId, Gathered>();

  constructor(private readonly findAll: (tenantId: TenantId, ids: readonly ClusterId[]) => Promise<Cluster[]>) {}

  async find(tenantId: TenantId, id: ClusterId): Promise<Cluster | undefined> {
    let gathered = this.#gathered.get(tenantId);
    if (!gathered) {
      const ids = new Set<ClusterId>();
      gathered = { ids, found: this.#read(tenantId, ids) };
      this.#gathered.set(tenantId, gathered);
    }
    gathered.ids.add(id);
    return (await gathered.found).get(id);
  }

  async #read(tenantId: TenantId, ids: ReadonlySet<ClusterId>): Promise<ReadonlyMap<ClusterId, Cluster>> {
    await nextTurn();
    this.#gathered.delete(tenantId);
    const clusters = await this.findAll(tenantId, [...ids]);
    return new Map(clusters.map((cluster) => [cluster.id, cluster]));
  }
}
