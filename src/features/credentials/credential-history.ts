import type { DataSource } from 'typeorm';
import { GatheredReads } from '../../kernel/gathered-reads.js';
import type { CredentialEntity } from './credential.entity.js';
import type { KeyOwner } from './credential.service.js';

/** A version as its tenant sees it: nothing of it is secret. */
export type CredentialVersion = Omit<CredentialEntity, 'tenantId' | 'sealed'>;

/** More versions of one AI agent are not shown. */
export const SHOWN_VERSIONS = 100;

/** Reads the versions of keys: all that are asked for in one turn of the event loop in one statement. Remembers nothing. */
export class CredentialHistory {
  readonly #reads = new GatheredReads((asked: readonly KeyOwner[]) => this.#read(asked));

  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. */
  async of(owner: KeyOwner): Promise<CredentialVersion[]> {
    const found = await this.#reads.ask(owner.tenantId, owner);
    return found.filter((row) => row.instanceId === owner.instanceId && row.aiAgent === owner.aiAgent);
  }

  #read(asked: readonly KeyOwner[]): Promise<CredentialVersion[]> {
    return this.dataSource.query(
      `SELECT instance_id AS "instanceId", ai_agent AS "aiAgent", version, state, fingerprint, last_four AS "lastFour",
        created_at AS "createdAt", created_by AS "createdBy", rotated_at AS "rotatedAt", revoked_at AS "revokedAt",
        destroyed_at AS "destroyedAt"
       FROM (SELECT *, row_number() OVER (PARTITION BY instance_id, ai_agent ORDER BY version DESC) AS age
         FROM credentials WHERE tenant_id = $1 AND instance_id = ANY ($2::uuid[])) AS version
       WHERE age <= $3 ORDER BY version.version DESC`,
      [asked[0]!.tenantId, [...new Set(asked.map(({ instanceId }) => instanceId))], SHOWN_VERSIONS],
    );
  }
}
