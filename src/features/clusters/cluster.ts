import type { ClusterEntity } from './cluster.entity.js';
import { readCertificates } from './pem.js';

/** A cluster as its tenant sees it: nothing of it is secret. */
export type Cluster = Omit<ClusterEntity, 'tenantId' | 'sealed'>;

/** The columns behind a cluster's fields. */
export const CLUSTER_COLUMNS = {
  id: 'id',
  name: 'name',
  serverUrl: 'server_url',
  certificateAuthority: 'certificate_authority',
  tlsServerName: 'tls_server_name',
  namespace: 'namespace',
  credentialKind: 'credential_kind',
  credentialVersion: 'credential_version',
  credentialExpiresAt: 'credential_expires_at',
  kubernetesVersion: 'kubernetes_version',
  access: 'access',
  canReadSecrets: 'can_read_secrets',
  warnings: 'warnings',
  checkedAt: 'checked_at',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<keyof Cluster, string>;

/** SHA-256 of each certificate of the CA, as `openssl x509 -fingerprint -sha256` prints it. */
export const fingerprintsOf = ({ certificateAuthority }: Pick<Cluster, 'certificateAuthority'>): string[] =>
  (readCertificates(certificateAuthority ?? '') ?? []).map(({ fingerprint256 }) => fingerprint256);
