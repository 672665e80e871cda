import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES;

/** A tuple's only text, so that no two tuples share one. */
const textOf = (parts: readonly (string | number)[]): Buffer => Buffer.from(JSON.stringify(parts));

/** Whose key seals something, and where it belongs: it opens nowhere else. */
export interface SealingPlace {
  /** What the key is derived for, e.g. `['credential', tenantId, instanceId]`. */
  readonly keyOf: readonly string[];
  /** Bound as additional data, e.g. the version. */
  readonly boundTo: readonly (string | number)[];
}

/** AES-256-GCM under keys derived from the master secret. Layout: format (1 byte), IV (12), tag (16), ciphertext. */
export class Sealer {
  constructor(private readonly masterSecret: Buffer) {
    if (masterSecret.length !== 32) throw new Error('the master secret must have 32 bytes');
  }

  seal({ keyOf, boundTo }: SealingPlace, text: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.derive(keyOf), iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(textOf(boundTo));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(FORMAT), iv, cipher.getAuthTag(), sealed]);
  }

  /** Throws when anything differs: the place, the master secret, a single bit. */
  open({ keyOf, boundTo }: SealingPlace, sealed: Buffer): string {
    if (sealed.length <= HEADER_BYTES || sealed[0] !== FORMAT) throw new Error('not a sealed credential of format 1');
    const iv = sealed.subarray(1, 1 + IV_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.derive(keyOf), iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(textOf(boundTo));
    decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, HEADER_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]).toString('utf8');
  }

  /** 32 bytes, another key for each tuple. */
  derive(info: readonly string[]): Buffer {
    return Buffer.from(hkdfSync('sha256', this.masterSecret, 'triaged', textOf(info), 32));
  }
}
