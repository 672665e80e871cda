import type { EntityManager } from 'typeorm';
import type { Logger } from 'pino';
import type { Actor } from '../../kernel/actor.js';
import { badUserInput, TriagedError } from '../../kernel/errors.js';
import { failpoint } from '../../kernel/failpoints.js';
import { Audit } from '../audit/index.js';
import { CredentialEntity } from './credential.entity.js';
import type { CredentialPlace, CredentialSealer } from './credential-sealer.js';

/** Shorter keys show nothing of themselves. */
const SHOWN_FROM_LENGTH = 16;

const NOW = () => 'clock_timestamp()';

/** Throws BAD_USER_INPUT, never repeating the key, unless it has 8 to 512 printable ASCII characters without spaces. */
export function checkKeyFormat(path: string, key: string): void {
  if (!/^[\x21-\x7e]{8,512}$/.test(key)) {
    throw badUserInput(path, 'An API key has 8 to 512 printable ASCII characters, no space or line break among them.');
  }
}

/** Of an AI agent of an instance. */
export type KeyOwner = Omit<CredentialPlace, 'version'>;

/** Keeps the versions of keys. Each call works in the caller's transaction. */
export class CredentialService {
  constructor(private readonly deps: { readonly sealer: CredentialSealer; readonly logger: Logger }) {}

  /** Seals a new version as the ACTIVE one and marks the one before as ROTATED. The caller holds the instance's lock. */
  async rotate(manager: EntityManager, actor: Actor, owner: KeyOwner, key: string): Promise<CredentialEntity> {
    const { tenantId, instanceId, aiAgent } = owner;
    const latest = await manager.maximum(CredentialEntity, 'version', { tenantId, instanceId, aiAgent });
    await replace(manager, owner);
    failpoint('key-rotation-marked');
    const version = (latest ?? 0) + 1;
    const row = manager.create(CredentialEntity, {
      ...owner,
      version,
      state: 'ACTIVE',
      sealed: this.deps.sealer.seal({ ...owner, version }, key),
      fingerprint: this.deps.sealer.fingerprint(tenantId, key),
      lastFour: key.length < SHOWN_FROM_LENGTH ? null : key.slice(-4),
      createdBy: actor.keyId,
    });
    await manager.insert(CredentialEntity, row);
    failpoint('key-rotation-sealed');
    const action = version === 1 ? 'CREDENTIAL_CREATED' : 'CREDENTIAL_ROTATED';
    await Audit.record(manager, actor, { action, instanceId, aiAgent, credentialVersion: version });
    return row;
  }

  /** Without a new one: the ACTIVE version, if there is one, serves only what has pinned it. The caller holds the instance's lock. */
  async retire(manager: EntityManager, actor: Actor, owner: KeyOwner): Promise<void> {
    const { instanceId, aiAgent } = owner;
    for (const credentialVersion of await replace(manager, owner)) {
      await Audit.record(manager, actor, { action: 'CREDENTIAL_RETIRED', instanceId, aiAgent, credentialVersion });
    }
  }

  /**
   * Marks a version as REVOKED and destroys its ciphertext; without a version, the ACTIVE one. Undefined when it was revoked
   * before. The caller holds the instance's lock and ends the runs that use it.
   */
  async revoke(
    manager: EntityManager,
    actor: Actor,
    owner: KeyOwner,
    version: number | undefined,
  ): Promise<CredentialPlace | undefined> {
    const { tenantId, instanceId, aiAgent } = owner;
    const which = version === undefined ? { state: 'ACTIVE' as const } : { version };
    const row = await manager.findOneBy(CredentialEntity, { tenantId, instanceId, aiAgent, ...which });
    if (!row) {
      const missing = version === undefined ? 'has no active API key' : `has no API key of version ${version}`;
      throw badUserInput('input.version', `${aiAgent} ${missing} on this instance: see its credentials.`);
    }
    if (row.state === 'REVOKED') return undefined;
    const place = { ...owner, version: row.version };
    await manager.update(CredentialEntity, place, {
      state: 'REVOKED',
      revokedAt: NOW,
      sealed: null,
      destroyedAt: () => 'coalesce(destroyed_at, clock_timestamp())',
    });
    failpoint('key-revocation-marked');
    await Audit.record(manager, actor, {
      action: 'CREDENTIAL_REVOKED',
      instanceId,
      aiAgent,
      credentialVersion: row.version,
    });
    return place;
  }

  /**
   * Keeps a version from being revoked or destroyed until the transaction ends, so that a run can be queued with it. False
   * when it was destroyed, which nothing pins any more. Throws CREDENTIAL_REVOKED.
   */
  async hold(manager: EntityManager, place: CredentialPlace): Promise<boolean> {
    const { tenantId, instanceId, aiAgent, version } = place;
    const row = await manager.findOne(CredentialEntity, {
      where: { tenantId, instanceId, aiAgent, version },
      lock: { mode: 'pessimistic_read' },
    });
    if (row?.state === 'REVOKED') throw revokedError(place);
    return row?.sealed != null;
  }

  async isRevoked(manager: EntityManager, place: CredentialPlace): Promise<boolean> {
    const { tenantId, instanceId, aiAgent, version } = place;
    return manager.existsBy(CredentialEntity, { tenantId, instanceId, aiAgent, version, state: 'REVOKED' });
  }

  /** The key in plain text, for memory only. Throws CREDENTIAL_REVOKED; CREDENTIAL_UNREADABLE when it is gone or does not open. */
  async open(manager: EntityManager, place: CredentialPlace): Promise<string> {
    const { tenantId, instanceId, aiAgent, version } = place;
    const row = await manager.findOneBy(CredentialEntity, { tenantId, instanceId, aiAgent, version });
    if (!row) throw this.#unreadable(place, 'there is no such version');
    if (row.state === 'REVOKED') throw revokedError(place);
    if (!row.sealed) throw this.#unreadable(place, 'it was destroyed');
    try {
      return this.deps.sealer.open(place, row.sealed);
    } catch (error) {
      throw this.#unreadable(place, error instanceof Error ? error.message : 'unknown reason');
    }
  }

  /** For the operator: which and why. For the client: which. */
  #unreadable({ tenantId, instanceId, aiAgent, version }: CredentialPlace, reason: string): TriagedError {
    this.deps.logger.error({ tenantId, instanceId, aiAgent, version, reason }, 'a credential cannot be read');
    return new TriagedError(
      'CREDENTIAL_UNREADABLE',
      `The API key of ${aiAgent} (version ${version}) cannot be read. Set it again with rotateAiAgentKey, ` +
        'then use restartInstance.',
      { instanceId, aiAgent, version },
    );
  }
}

/** Marks the ACTIVE version, if there is one, as ROTATED; gives it. */
async function replace(manager: EntityManager, { tenantId, instanceId, aiAgent }: KeyOwner): Promise<number[]> {
  const [rows] = await manager.query<[{ version: number }[], number]>(
    `UPDATE credentials SET state = 'ROTATED', rotated_at = clock_timestamp()
      WHERE tenant_id = $1 AND instance_id = $2 AND ai_agent = $3 AND state = 'ACTIVE' RETURNING version`,
    [tenantId, instanceId, aiAgent],
  );
  return rows.map(({ version }) => version);
}

/** For who would use a version that was revoked. */
export const revokedError = ({ instanceId, aiAgent, version }: CredentialPlace): TriagedError =>
  new TriagedError(
    'CREDENTIAL_REVOKED',
    `The API key of ${aiAgent} (version ${version}) was revoked. Set a new one with rotateAiAgentKey; for runs, then use ` +
      'restartInstance.',
    { instanceId, aiAgent, version },
  );
