import { hasErrno, TriagedError } from '../../kernel/errors.js';
import { ConnectError } from '../../kernel/guarded-connect.js';
import type { ConnectFailure } from '../../kernel/guarded-connect.js';

/** Why a cluster cannot be used, and what to do. */
const FAILURES = {
  DNS: "The cluster's host name has no address that this server can find. Check the server URL, or use an IP address.",
  REFUSED:
    "This server does not connect to the cluster's address. Ask the operator to allow its network, or register another address.",
  UNREACHABLE:
    'The cluster does not accept connections. Check host and port, and firewalls between it and this server.',
  TIMEOUT: 'The cluster did not answer in time. Check firewalls between it and this server, and try again.',
  TLS: "The cluster's certificate is not the one that the kubeconfig's CA vouches for. Check CA and server name.",
  UNAUTHORIZED:
    'The cluster does not take the credential: it has expired, was revoked, or is that of another cluster. Make a new one.',
  FORBIDDEN: 'The cluster does not let the credential ask for its own permissions. Use the role of docs/clusters.md.',
  NOT_KUBERNETES: 'What answers there is no Kubernetes API server, or answers far more than one does. Check the URL.',
  SECRETS_READABLE:
    'The credential can read Secrets, which an agent has no need to see. Use a read-only one as in docs/clusters.md.',
} as const;

export type ClusterFailureReason = keyof typeof FAILURES;

/** CLUSTER_UNUSABLE with the reason in its details; nothing that the cluster said is repeated. */
export const clusterFailure = (
  reason: ClusterFailureReason,
  details: Readonly<Record<string, unknown>> = {},
  options?: ErrorOptions,
): TriagedError => new TriagedError('CLUSTER_UNUSABLE', FAILURES[reason], { reason, ...details }, options);

const OF_CONNECT_ERROR: Readonly<Record<ConnectFailure, ClusterFailureReason>> = {
  INVALID: 'REFUSED',
  UNRESOLVED: 'DNS',
  FORBIDDEN: 'REFUSED',
  UNREACHABLE: 'UNREACHABLE',
  TIMED_OUT: 'TIMEOUT',
};

/** What a failed call of a cluster means. */
export function asClusterFailure(error: unknown): TriagedError {
  return error instanceof TriagedError ? error : clusterFailure(reasonOf(error), {}, { cause: error });
}

function reasonOf(error: unknown): ClusterFailureReason {
  if (!(error instanceof Error)) return 'UNREACHABLE';
  if (error instanceof ConnectError) return OF_CONNECT_ERROR[error.reason];
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'TIMEOUT';
  const code = 'code' in error ? String(error.code) : '';
  if (hasErrno(error, 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT')) return 'TIMEOUT';
  if (/^UND_ERR_(RES_EXCEEDED_MAX_SIZE|HEADERS_OVERFLOW)$|^HPE_/.test(code)) return 'NOT_KUBERNETES';
  if (/^ERR_(TLS|SSL)|CERT|SIGNATURE|SELF_SIGNED|^EPROTO$/.test(code)) return 'TLS';
  return 'UNREACHABLE';
}
