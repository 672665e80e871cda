import { scryptSync } from 'node:crypto';

export type MasterSecretResult = { readonly secret: Buffer } | { readonly fault: string };

const RECIPE = 'make one with "openssl rand -hex 32"';
const PASSPHRASE = 'passphrase:';
/** Fixed, because the same passphrase must give the same secret on every server; scrypt's cost is what protects it. */
const SALT = 'triaged master secret 1';

const distinct = (items: Iterable<unknown>): number => new Set(items).size;

/** True for what no random generator gives: few different bytes, or bytes at equal distances. */
function isPatterned(bytes: Buffer): boolean {
  const steps = bytes.subarray(1).map((byte, index) => byte - bytes[index]!);
  return distinct(bytes) < 16 || distinct(steps) < 8;
}

function decode(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return Buffer.from(text, 'base64');
  return undefined;
}

/**
 * Reads the master secret: 32 random bytes as hex or base64, or `passphrase:` and at least 16 characters, which go
 * through scrypt (some 0.3 s, 128 MiB).
 */
export function parseMasterSecret(text: string): MasterSecretResult {
  if (text.startsWith(PASSPHRASE)) {
    const passphrase = text.slice(PASSPHRASE.length);
    if (passphrase.length < 16 || distinct(passphrase) < 8) {
      return {
        fault: `the passphrase is weak: use at least 16 characters, 8 of them different, or 32 random bytes (${RECIPE})`,
      };
    }
    return { secret: scryptSync(passphrase.normalize('NFC'), SALT, 32, { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 }) };
  }
  const secret = decode(text);
  if (secret?.length !== 32) {
    return {
      fault: `must be 32 random bytes as hex or base64 (${RECIPE}), or "${PASSPHRASE}" and at least 16 characters`,
    };
  }
  return isPatterned(secret) ? { fault: `is not random: ${RECIPE}` } : { secret };
}
