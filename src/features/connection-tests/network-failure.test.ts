import { describe, expect, it } from '@jest/globals';
import { ConnectError } from '../../kernel/guarded-connect.js';
import { networkFailure } from './network-failure.js';

const withCode = (code: string) => Object.assign(new Error('it failed at 10.0.0.1'), { code });

describe('networkFailure', () => {
  it.each([
    ['ENOTFOUND', 'DNS'],
    ['EAI_AGAIN', 'DNS'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'TLS'],
    ['CERT_HAS_EXPIRED', 'TLS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS'],
    ['EPROTO', 'TLS'],
    ['ETIMEDOUT', 'TIMEOUT'],
    ['UND_ERR_CONNECT_TIMEOUT', 'TIMEOUT'],
    ['ECONNREFUSED', 'UPSTREAM'],
    ['ECONNRESET', 'UPSTREAM'],
    ['UND_ERR_SOCKET', 'UPSTREAM'],
    ['HPE_INVALID_CONSTANT', 'UPSTREAM'],
  ])('knows %s for %s, and shows nothing of the error', (code, failureClass) => {
    const failure = networkFailure(withCode(code));
    expect(failure).toMatchObject({ class: failureClass, providerMessage: null });
    expect(failure.message).not.toContain('10.0.0.1');
  });

  it.each([
    ['UNRESOLVED', 'DNS'],
    ['TIMED_OUT', 'TIMEOUT'],
    ['FORBIDDEN', 'BAD_CONFIG'],
    ['INVALID', 'BAD_CONFIG'],
    ['UNREACHABLE', 'UPSTREAM'],
  ] as const)('knows a connection that was not made, %s, for %s', (reason, failureClass) => {
    expect(networkFailure(new ConnectError(reason)).class).toBe(failureClass);
  });
});
