import type { Cluster } from './cluster.js';
import type { ClusterConnection } from './cluster-connection.js';
import { renderKubeconfig } from './rendered-kubeconfig.js';

/** The file in a run's workspace that tells the agent what it may read. */
export const PERMISSIONS_FILE = 'incident_cluster_permissions.json';

/** What a run is told of its cluster. */
export interface ClusterBriefing {
  /** Secret. */
  readonly kubeconfig: string;
  /** JSON. */
  readonly permissions: string;
}

export function clusterBriefing(cluster: Cluster, connection: ClusterConnection, proxyUrl: string): ClusterBriefing {
  const { name, kubernetesVersion, access, checkedAt } = cluster;
  const { namespace } = connection;
  const permissions = { cluster: name, kubernetesVersion, defaultNamespace: namespace, checkedAt, mayRead: access };
  return {
    kubeconfig: renderKubeconfig(connection, proxyUrl),
    permissions: `${JSON.stringify(permissions, undefined, 2)}\n`,
  };
}
