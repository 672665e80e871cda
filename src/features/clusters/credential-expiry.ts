import { X509Certificate } from 'node:crypto';
import type { ClusterCredential } from './cluster-connection.js';

/** When a credential stops to be taken, as far as it tells itself: a certificate's end, or a token's `exp` (RFC 7519). */
export function credentialExpiry(credential: ClusterCredential): Date | null {
  if (credential.kind === 'CLIENT_CERTIFICATE') return new X509Certificate(credential.certificate).validToDate;
  try {
    const claims: unknown = JSON.parse(Buffer.from(credential.token.split('.')[1] ?? '', 'base64url').toString());
    const seconds = (claims as { exp?: unknown } | null)?.exp;
    const expiry = new Date(typeof seconds === 'number' ? seconds * 1000 : NaN);
    return Number.isNaN(expiry.getTime()) ? null : expiry;
  } catch {
    // Not every token is a JWT.
    return null;
  }
}
