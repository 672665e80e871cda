import { stringify } from 'yaml';
import { CONNECT_PROXY_MARK } from '../../../agent-image/triaged-init/protocol.js';
import type { ClusterConnection } from './cluster-connection.js';

const NAME = 'triaged';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Our own kubeconfig of one context, from what was taken of the tenant's. Secret. */
export function renderKubeconfig({
  serverUrl,
  certificateAuthority,
  tlsServerName,
  namespace,
  credential,
}: ClusterConnection): string {
  const cluster = {
    server: serverUrl,
    ...(certificateAuthority !== null && { 'certificate-authority-data': base64(certificateAuthority) }),
    ...(tlsServerName !== null && { 'tls-server-name': tlsServerName }),
    'proxy-url': CONNECT_PROXY_MARK,
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
