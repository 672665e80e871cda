import type { DataSource } from 'typeorm';
import type { SealedRows, Sealer } from '../credentials/index.js';
import { ClusterSealer } from './cluster-sealer.js';
import type { ClusterCredentialPlace } from './cluster-sealer.js';

const PART = 100;
const FIRST = { tenantId: '', clusterId: '00000000-0000-0000-0000-000000000000', version: 0 };

interface SealedCluster extends ClusterCredentialPlace {
  readonly sealed: Buffer;
}

/** Where sealed credentials of clusters lie. */
interface Table {
  readonly name: string;
  readonly table: string;
  readonly id: string;
  readonly version: string;
}

/** Clusters' credentials. */
export const sealedClusters = (dataSource: DataSource, sealer: Sealer): SealedRows<SealedCluster> =>
  sealedIn(
    { name: "clusters' credentials", table: 'clusters', id: 'id', version: 'credential_version' },
    dataSource,
    sealer,
  );

/** Clusters' replaced credentials, which runs still have. */
export const sealedEarlierConnections = (dataSource: DataSource, sealer: Sealer): SealedRows<SealedCluster> =>
  sealedIn(
    { name: "clusters' replaced credentials", table: 'cluster_connections', id: 'cluster_id', version: 'version' },
    dataSource,
    sealer,
  );

function sealedIn(
  { name, table, id, version }: Table,
  dataSource: DataSource,
  sealer: Sealer,
): SealedRows<SealedCluster> {
  const clusters = new ClusterSealer(sealer);
  return {
    name,
    next: (after) => {
      const last = after ?? FIRST;
      return dataSource.query(
        `SELECT tenant_id AS "tenantId", ${id} AS "clusterId", ${version} AS version, sealed FROM ${table}
          WHERE substring(sealed for $5) <> $4 AND (tenant_id, ${id}, ${version}) > ($1, $2, $3)
          ORDER BY tenant_id, ${id}, ${version} LIMIT ${PART}`,
        [last.tenantId, last.clusterId, last.version, sealer.prefix, sealer.prefix.length],
      );
    },
    placeOf: (row) => ({ tenantId: row.tenantId, clusterId: row.clusterId, version: row.version }),
    async reseal({ sealed, ...place }, resealed) {
      const anew = clusters.seal(place, clusters.open(place, sealed));
      resealed();
      const [, written] = await dataSource.query<[unknown, number]>(
        `UPDATE ${table} SET sealed = $1 WHERE tenant_id = $2 AND ${id} = $3 AND ${version} = $4 AND sealed = $5`,
        [anew, place.tenantId, place.clusterId, place.version, sealed],
      );
      return written > 0;
    },
  };
}
