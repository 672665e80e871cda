import type { ClusterCredentialPlace } from '../clusters/index.js';
import type { TriageRunEntity } from './triage-run.entity.js';

/** The cluster that the run may reach, with the version of the connection that it was queued with. */
export function clusterOf(
  run: Pick<TriageRunEntity, 'tenantId' | 'clusterId' | 'clusterCredentialVersion'>,
): ClusterCredentialPlace | undefined {
  const { tenantId, clusterId, clusterCredentialVersion: version } = run;
  return clusterId === null || version === null ? undefined : { tenantId, clusterId, version };
}
