import { ConnectError } from '../../kernel/guarded-connect.js';
import type { ConnectFailure } from '../../kernel/guarded-connect.js';
import { connectionFailure } from './connection-failure.js';
import type { ConnectionFailure } from './connection-failure.js';

const OF_CONNECT_ERROR: Readonly<Record<ConnectFailure, () => ConnectionFailure>> = {
  INVALID: () =>
    connectionFailure('BAD_CONFIG', { message: 'The base URL names no host. Set another with configureAiAgent.' }),
  UNRESOLVED: () => connectionFailure('DNS'),
  FORBIDDEN: () =>
    connectionFailure('BAD_CONFIG', {
      message:
        'The base URL is on a network to which this server does not connect, or not without TLS: try https. Its operator allows ' +
        'networks with MODEL_NETWORKS.',
    }),
  UNREACHABLE: () => connectionFailure('UPSTREAM'),
  TIMED_OUT: () => connectionFailure('TIMEOUT'),
};

const DNS = /^(ENOTFOUND|EAI_\w+|ENODATA)$/;
const TIMEOUT = /^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/;
/** Of OpenSSL and of Node's check of names, as Node gives them. */
const TLS = /^ERR_(TLS|SSL)|CERT|SIGNATURE|CRL|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|^EPROTO$/;

/** What it means that there was no answer, or none that ended. */
export function networkFailure(error: unknown): ConnectionFailure {
  if (error instanceof ConnectError) return OF_CONNECT_ERROR[error.reason]();
  const code = codeOf(error);
  if (DNS.test(code)) return connectionFailure('DNS');
  if (TIMEOUT.test(code)) return connectionFailure('TIMEOUT');
  if (TLS.test(code)) return connectionFailure('TLS');
  return connectionFailure('UPSTREAM');
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
