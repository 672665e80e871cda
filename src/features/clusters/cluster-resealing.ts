import type { DataSource } from 'typeorm';
import type { SealedRows, Sealer } from '../credentials/index.js';
import { ClusterSealer } from './cluster-sealer.js';
import type { ClusterCredentialPlace } from './cluster-sealer.js';

const PART = 100;
const FIRST = { tenantId: '', clusterId: '00000000-0000-0000-0000-000000000000' };

interface SealedCluster extends ClusterCredentialPlace {
  readonly sealed: Buffer;
}

/** Clusters' credentials. */
export function sealedClusters(dataSource: DataSource, sealer: Sealer): SealedRows<SealedCluster> {
  const clusters = new ClusterSealer(sealer);
  return {
    name: "clusters' credentials",
    next: (after) => {
      const { tenantId, clusterId } = after ?? FIRST;
      return dataSource.query(
        `SELECT tenant_id AS "tenantId", id AS "clusterId", credential_version AS version, sealed FROM clusters
          WHERE substring(sealed for $4) <> $3 AND (tenant_id, id) > ($1, $2)
          ORDER BY tenant_id, id LIMIT ${PART}`,
        [tenantId, clusterId, sealer.prefix, sealer.prefix.length],
      );
    },
    placeOf: ({ tenantId, clusterId, version }) => ({ tenantId, clusterId, version }),
    async reseal({ sealed, ...place }, resealed) {
      const anew = clusters.seal(place, clusters.open(place, sealed));
      resealed();
      const [, written] = await dataSource.query<[unknown, number]>(
        `UPDATE clusters SET sealed = $1 WHERE tenant_id = $2 AND id = $3 AND credential_version = $4 AND sealed = $5`,
        [anew, place.tenantId, place.clusterId, place.version, sealed],
      );
      return written > 0;
    },
  };
}
