import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { MasterSecrets } from '../../kernel/master-secrets.js';

const FORMAT = 2;
const FORMAT_WITHOUT_LABEL = 1;
const KEY_ID_BYTES = 8;
const PLACE_BYTES = 8;
const LENGTH_BYTES = 4;
const LABEL_BYTES = KEY_ID_BYTES + PLACE_BYTES + LENGTH_BYTES;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A tuple's only text, so that no two tuples share one. */
const textOf = (parts: readonly (string | number)[]): Buffer => Buffer.from(JSON.stringify(parts));

const hkdf = (masterSecret: Buffer, info: readonly string[]): Buffer =>
  Buffer.from(hkdfSync('sha256', masterSecret, 'triaged', textOf(info), 32));

/** Whose key seals something, and where it belongs: it opens nowhere else. */
export interface SealingPlace {
  /** What the key is derived for, e.g. `['credential', tenantId, instanceId]`. */
  readonly keyOf: readonly string[];
  /** Bound as additional data, e.g. the version. */
  readonly boundTo: readonly (string | number)[];
}

/** Something sealed does not open; the message is for the operator and holds no secret. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

interface MasterSecret {
  readonly secret: Buffer;
  readonly keyId: Buffer;
}

function masterSecretOf(secret: Buffer): MasterSecret {
  if (secret.length !== 32) throw new Error('the master secret must have 32 bytes');
  return { secret, keyId: hkdf(secret, ['key-id']).subarray(0, KEY_ID_BYTES) };
}

/**
 * AES-256-GCM under keys derived from a master secret. Layout: format (1 byte), a label of key id (8), digest of the place (8)
 * and length of the ciphertext (4), IV (12), tag (16), ciphertext. The label protects nothing, the tag does: it says why
 * something does not open, and which master secret it takes. Format 1 has none.
 */
export class Sealer {
  readonly #primary: MasterSecret;
  readonly #all: readonly MasterSecret[];

  constructor({ primary, secondary }: MasterSecrets) {
    this.#primary = masterSecretOf(primary);
    this.#all = [this.#primary, ...(secondary ? [masterSecretOf(secondary)] : [])];
  }

  /** Of the primary secret: 16 hex digits that tell nothing of it. */
  get keyId(): string {
    return this.#primary.keyId.toString('hex');
  }

  /** What everything that is sealed under the primary secret begins with. */
  get prefix(): Buffer {
    return Buffer.concat([Buffer.of(FORMAT), this.#primary.keyId]);
  }

  seal(place: SealingPlace, text: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.derive(place.keyOf), iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(textOf(place.boundTo));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(sealed.length);
    return Buffer.concat([this.prefix, digestOf(place), length, iv, cipher.getAuthTag(), sealed]);
  }

  /** Throws SealBroken when anything differs: the place, the master secret, a single bit. */
  open(place: SealingPlace, sealed: Buffer): string {
    if (sealed[0] === FORMAT) return open(place, this.#labelled(place, sealed), sealed.subarray(1 + LABEL_BYTES));
    if (sealed[0] !== FORMAT_WITHOUT_LABEL) throw new SealBroken('it is nothing that triaged has sealed');
    const opening = this.#all.find((each) => opens(place, each, sealed.subarray(1)));
    return open(place, opening ?? this.#primary, sealed.subarray(1));
  }

  /** 32 bytes from the primary secret, another key for each tuple. */
  derive(info: readonly string[]): Buffer {
    return hkdf(this.#primary.secret, info);
  }

  /** The master secret that the label names, once the label fits. */
  #labelled(place: SealingPlace, sealed: Buffer): MasterSecret {
    const head = 1 + LABEL_BYTES + IV_BYTES + TAG_BYTES;
    if (sealed.length <= LABEL_BYTES) throw new SealBroken(`it was cut to ${sealed.length} bytes`);
    const expected = head + sealed.readUInt32BE(1 + KEY_ID_BYTES + PLACE_BYTES);
    if (sealed.length !== expected) {
      throw new SealBroken(`its length was changed: it has ${sealed.length} bytes instead of ${expected}`);
    }
    const keyId = sealed.subarray(1, 1 + KEY_ID_BYTES);
    const found = this.#all.find((each) => each.keyId.equals(keyId));
    if (!found) {
      const held = this.#all.map((each) => each.keyId.toString('hex')).join(' and ');
      throw new SealBroken(
        `it was sealed under another master secret: its key id is ${keyId.toString('hex')}, this server holds ${held}`,
      );
    }
    if (!sealed.subarray(1 + KEY_ID_BYTES, 1 + KEY_ID_BYTES + PLACE_BYTES).equals(digestOf(place))) {
      throw new SealBroken('it was sealed for another place: its row was swapped or edited');
    }
    return found;
  }
}

const digestOf = ({ keyOf, boundTo }: SealingPlace): Buffer =>
  createHash('sha256')
    .update(textOf([...keyOf, ...boundTo]))
    .digest()
    .subarray(0, PLACE_BYTES);

/** `body`: IV, tag, ciphertext. */
function open({ keyOf, boundTo }: SealingPlace, { secret }: MasterSecret, body: Buffer): string {
  if (body.length <= IV_BYTES + TAG_BYTES) throw new SealBroken('its length was changed');
  const key = hkdf(secret, keyOf);
  const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(textOf(boundTo));
  decipher.setAuthTag(body.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(body.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new SealBroken('its bytes were changed: the tag does not fit', { cause: error });
  }
}

function opens(place: SealingPlace, masterSecret: MasterSecret, body: Buffer): boolean {
  try {
    open(place, masterSecret, body);
    return true;
  } catch {
    return false;
  }
}
