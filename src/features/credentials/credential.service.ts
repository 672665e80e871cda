import type { EntityManager } from 'typeorm';
import type { Logger } from 'pino';
import { badUserInput, TriagedError } from '../../kernel/errors.js';
import { CredentialEntity } from './credential.entity.js';
import type { CredentialPlace, CredentialSealer } from './credential-sealer.js';

/** Shorter keys show nothing of themselves. */
const SHOWN_FROM_LENGTH = 16;

/** Throws BAD_USER_INPUT, never repeating the key, unless it has 8 to 512 printable ASCII characters without spaces. */
export function checkKeyFormat(path: string, key: string): void {
  if (!/^[\x21-\x7e]{8,512}$/.test(key)) {
    throw badUserInput(path, 'An API key has 8 to 512 printable ASCII characters, no space or line break among them.');
  }
}

/** Keeps the versions of keys. Each call works in the caller's transaction. */
export class CredentialService {
  constructor(private readonly deps: { readonly sealer: CredentialSealer; readonly logger: Logger }) {}

  /** Seals a new version as the ACTIVE one and marks the one before as ROTATED. The caller holds the instance's lock. */
  async rotate(
    manager: EntityManager,
    place: Omit<CredentialPlace, 'version'>,
    key: string,
  ): Promise<CredentialEntity> {
    const { tenantId, instanceId, aiAgent } = place;
    const latest = await manager.maximum(CredentialEntity, 'version', { tenantId, instanceId, aiAgent });
    await manager.update(
      CredentialEntity,
      { tenantId, instanceId, aiAgent, state: 'ACTIVE' },
      { state: 'ROTATED', rotatedAt: () => 'clock_timestamp()' },
    );
    const version = (latest ?? 0) + 1;
    const row = manager.create(CredentialEntity, {
      ...place,
      version,
      state: 'ACTIVE',
      sealed: this.deps.sealer.seal({ ...place, version }, key),
      fingerprint: this.deps.sealer.fingerprint(tenantId, key),
      lastFour: key.length < SHOWN_FROM_LENGTH ? null : key.slice(-4),
    });
    await manager.insert(CredentialEntity, row);
    return row;
  }

  /** The key in plain text, for memory only. Throws CREDENTIAL_UNREADABLE when it is gone, revoked or does not open. */
  async open(manager: EntityManager, place: CredentialPlace): Promise<string> {
    const { tenantId, instanceId, aiAgent, version } = place;
    const row = await manager.findOneBy(CredentialEntity, { tenantId, instanceId, aiAgent, version });
    if (!row) throw this.#unreadable(place, 'there is no such version');
    if (row.state === 'REVOKED') throw this.#unreadable(place, 'it was revoked');
    try {
      return this.deps.sealer.open(place, row.sealed);
    } catch (error) {
      throw this.#unreadable(place, `it does not open: ${error instanceof Error ? error.message : 'unknown reason'}`);
    }
  }

  #unreadable(place: CredentialPlace, reason: string): TriagedError {
    this.deps.logger.error(
      { ...place, reason },
      'a credential cannot be read; was the master secret or the row changed?',
    );
    return new TriagedError(
      'CREDENTIAL_UNREADABLE',
      `The API key of ${place.aiAgent} (version ${place.version}) cannot be read. Set it again with configureAiAgent, ` +
        'then stop and start the instance.',
      { instanceId: place.instanceId, aiAgent: place.aiAgent, version: place.version },
    );
  }
}
