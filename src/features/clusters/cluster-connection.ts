import type { Endpoint } from '../../kernel/host-name.js';

/** How a run proves to a cluster who it is. Secret. */
export type ClusterCredential =
  | { readonly kind: 'TOKEN'; readonly token: string }
  /** PEM: the certificate with what leads to its CA, and the key. */
  | { readonly kind: 'CLIENT_CERTIFICATE'; readonly certificate: string; readonly key: string };

export const CLUSTER_CREDENTIAL_KINDS = ['TOKEN', 'CLIENT_CERTIFICATE'] as const satisfies ClusterCredential['kind'][];

/** Where a cluster is and how it proves who it is; nothing of it is secret. */
export interface ClusterEndpoint {
  /** `https://host:port/path`, normalised, without a slash at its end. */
  readonly serverUrl: string;
  /** PEM; null where the machine's own list of authorities is to be used. */
  readonly certificateAuthority: string | null;
  /** The name in the cluster's certificate, where it is not the URL's host. */
  readonly tlsServerName: string | null;
}

/** All that is taken of a kubeconfig. */
export interface ClusterConnection extends ClusterEndpoint {
  readonly namespace: string;
  readonly credential: ClusterCredential;
}

/** What is dialled: a name or an IP address without brackets. */
export function clusterAddress({ serverUrl }: Pick<ClusterEndpoint, 'serverUrl'>): Endpoint {
  const { hostname, port } = new URL(serverUrl);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 443) };
}
