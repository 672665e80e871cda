import { createPrivateKey, X509Certificate } from 'node:crypto';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/g;
const MAX_CERTIFICATES = 64;

/** The certificates of a PEM text, in its order; undefined when it has none, too many, or one that cannot be read. */
export function readCertificates(pem: string): X509Certificate[] | undefined {
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || blocks.length > MAX_CERTIFICATES) return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

/** As this server writes them: nothing of what stood around them. */
export const writeCertificates = (certificates: readonly X509Certificate[]): string =>
  certificates.map((certificate) => certificate.toString()).join('');

/** A private key without a passphrase, as PKCS #8; undefined when it is not one, or not the certificate's. */
export function readPrivateKey(pem: string, certificate: X509Certificate): string | undefined {
  try {
    const key = createPrivateKey({ key: pem, format: 'pem' });
    return certificate.checkPrivateKey(key) ? key.export({ type: 'pkcs8', format: 'pem' }).toString() : undefined;
  } catch {
    return undefined;
  }
}
