import type { DataSource } from 'typeorm';
import { Audit } from '../audit/index.js';
import type { UnusedSecrets } from '../credentials/index.js';
import type { ClusterCredentialPlace } from './cluster-sealer.js';

/** Replaced connections to clusters whose last run has ended. */
export const unusedClusterConnections =
  (dataSource: DataSource): UnusedSecrets =>
  async () => {
    const unused: ClusterCredentialPlace[] = await dataSource.query(
      `SELECT tenant_id AS "tenantId", cluster_id AS "clusterId", version FROM unused_cluster_connections()`,
    );
    return unused.map(({ tenantId, ...place }) => ({
      tenantId,
      place,
      destroy: () => destroy(dataSource, { tenantId, ...place }),
    }));
  };

/** What is unused stays so: runs are queued with the present connection alone. */
function destroy(dataSource: DataSource, { tenantId, clusterId, version }: ClusterCredentialPlace): Promise<void> {
  return dataSource.transaction(async (manager) => {
    const [, destroyed] = await manager.query<[unknown, number]>(
      `DELETE FROM cluster_connections WHERE tenant_id = $1 AND cluster_id = $2 AND version = $3`,
      [tenantId, clusterId, version],
    );
    if (destroyed === 0) return;
    const subject = { clusterId, credentialVersion: version };
    await Audit.record(manager, { tenantId }, { action: 'CLUSTER_CREDENTIAL_DESTROYED', ...subject });
  });
}
