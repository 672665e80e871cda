import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';

/** Where a sealed key belongs; it opens nowhere else. */
export interface CredentialPlace {
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
  readonly version: number;
}

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES;

/** A tuple's only text, so that no two tuples share one. */
const text = (...parts: (string | number)[]): Buffer => Buffer.from(JSON.stringify(parts));

/**
 * Seals keys with AES-256-GCM under a key derived for each instance, bound to their place. Layout: format (1 byte), IV (12),
 * tag (16), ciphertext.
 */
export class CredentialSealer {
  constructor(private readonly masterSecret: Buffer) {
    if (masterSecret.length !== 32) throw new Error('the master secret must have 32 bytes');
  }

  seal(place: CredentialPlace, key: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(place), iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(this.#additionalData(place));
    const sealed = Buffer.concat([cipher.update(key, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(FORMAT), iv, cipher.getAuthTag(), sealed]);
  }

  /** Throws when anything differs: the place, the master secret, a single bit. */
  open(place: CredentialPlace, sealed: Buffer): string {
    if (sealed.length <= HEADER_BYTES || sealed[0] !== FORMAT) throw new Error('not a sealed credential of format 1');
    const iv = sealed.subarray(1, 1 + IV_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(place), iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(this.#additionalData(place));
    decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, HEADER_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]).toString('utf8');
  }

  /** 16 hex digits, equal for equal keys of one tenant. */
  fingerprint(tenantId: TenantId, key: string): string {
    const secret = this.#derive('credential-fingerprint', tenantId);
    return createHmac('sha256', secret).update(key).digest('hex').slice(0, 16);
  }

  #keyOf({ tenantId, instanceId }: CredentialPlace): Buffer {
    return this.#derive('credential', tenantId, instanceId);
  }

  #additionalData({ tenantId, instanceId, aiAgent, version }: CredentialPlace): Buffer {
    return text(tenantId, instanceId, aiAgent, version);
  }

  #derive(...info: string[]): Buffer {
    return Buffer.from(hkdfSync('sha256', this.masterSecret, 'triaged', text(...info), 32));
  }
}
