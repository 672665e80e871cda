import { make } from '../../kernel/make.js';
import { fingerprintsOf } from './cluster.js';
import type { Cluster } from './cluster.js';
import { ClusterType } from './cluster.types.js';

/** What the schema shows of a cluster. */
export function clusterType(cluster: Cluster): ClusterType {
  const { certificateAuthority, tlsServerName: _unshown, ...shown } = cluster;
  return make(ClusterType, { ...shown, caFingerprints: fingerprintsOf({ certificateAuthority }) });
}
