import { X509Certificate } from 'node:crypto';
import type { ClusterCredential } from './cluster-connection.js';

/** Of what a date in the schema and in Postgres can be; a token's claim can be any number. */
const LAST = Date.UTC(9999, 11, 31);

/** When a credential stops to be taken, as far as it tells itself: a certificate's end, or a token's `exp` (RFC 7519). */
export function credentialExpiry(credential: ClusterCredential): Date | null {
  if (credential.kind === 'CLIENT_CERTIFICATE') return new X509Certificate(credential.certificate).validToDate;
  try {
    const claims: unknown = JSON.parse(Buffer.from(credential.token.split('.')[1] ?? '', 'base64url').toString());
    const seconds = (claims as { exp?: unknown } | null)?.exp;
    if (typeof seconds !== 'number' || seconds < 0 || seconds * 1000 > LAST) return null;
    return new Date(seconds * 1000);
  } catch {
    // Not every token is a JWT.
    return null;
  }
}
