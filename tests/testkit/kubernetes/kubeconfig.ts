import { stringify } from 'yaml';
import type { KeyPair } from './certificates.js';

export interface KubeconfigOptions {
  /** How the client shows who it is; default: the token. */
  readonly authentication?: 'token' | 'certificate';
  /** The server's address as the client sees it; default: where it listens. */
  readonly server?: string;
  readonly proxyUrl?: string;
  readonly namespace?: string;
}

interface Connection extends KubeconfigOptions {
  readonly server: string;
  readonly caPem: string;
  readonly token: string;
  readonly clientCertificate: KeyPair;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

export function renderKubeconfig(connection: Connection): string {
  const { server, caPem, token, clientCertificate, authentication, proxyUrl, namespace } = connection;
  const user =
    authentication === 'certificate'
      ? {
          'client-certificate-data': base64(clientCertificate.certPem),
          'client-key-data': base64(clientCertificate.keyPem),
        }
      : { token };
  const cluster = {
    server,
    'certificate-authority-data': base64(caPem),
    ...(proxyUrl ? { 'proxy-url': proxyUrl } : {}),
  };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test-kit', cluster }],
    users: [{ name: 'agent', user }],
    contexts: [
      { name: 'test-kit', context: { cluster: 'test-kit', user: 'agent', ...(namespace ? { namespace } : {}) } },
    ],
    'current-context': 'test-kit',
  });
}
