import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** `tri_<id>_<secret>`: 8 characters that may be shown and logged, then 256 random bits in base64url. */
const API_KEY = /^tri_([a-z0-9]{8})_([\w-]{43})$/;

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

export interface NewApiKey {
  /** The readable prefix, e.g. `tri_k3v9x0qa`. */
  readonly id: string;
  /** Shown once and kept nowhere. */
  readonly key: string;
  readonly sha256: string;
}

const randomName = (length: number): string =>
  Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');

/** Lower-case hex of the whole key: 256 random bits need no salt and no slow hash. */
export const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

export function newApiKey(): NewApiKey {
  const id = `tri_${randomName(8)}`;
  const key = `${id}_${randomBytes(32).toString('base64url')}`;
  return { id, key, sha256: hashOf(key) };
}

/** The readable prefix of what has the form of a key. */
export function idOfKey(key: string): string | undefined {
  const name = API_KEY.exec(key)?.[1];
  return name === undefined ? undefined : `tri_${name}`;
}

/** Compares in constant time. */
export const isHashOf = (key: string, sha256: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(key), 'hex'), Buffer.from(sha256, 'hex'));
