import { stringify } from 'yaml';
import type { ClusterConnection } from './cluster-connection.js';

const NAME = 'triaged';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Our own kubeconfig of one context, from what was taken of the tenant's. Secret. `proxyUrl`: kubectl's way to the cluster. */
export function renderKubeconfig(connection: ClusterConnection, proxyUrl: string): string {
  const { serverUrl, certificateAuthority, tlsServerName, namespace, credential } = connection;
  const cluster = {
    server: serverUrl,
    ...(certificateAuthority !== null && { 'certificate-authority-data': base64(certificateAuthority) }),
    ...(tlsServerName !== null && { 'tls-server-name': tlsServerName }),
    'proxy-url': proxyUrl,
  };
  const user =
    credential.kind === 'TOKEN'
      ? { token: credential.token }
      : {
          'client-certificate-data': base64(credential.certificate),
          'client-key-data': base64(credential.key),
        };
  const file = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: NAME, cluster }],
    users: [{ name: NAME, user }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace } }],
    'current-context': NAME,
  };
  return stringify(file, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
}
