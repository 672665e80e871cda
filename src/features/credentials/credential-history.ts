import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import type { CredentialEntity } from './credential.entity.js';
import type { KeyOwner } from './credential.service.js';

/** A version as its tenant sees it: nothing of it is secret. */
export type CredentialVersion = Omit<CredentialEntity, 'tenantId' | 'sealed'>;

interface Gathered {
  readonly instances: Set<InstanceId>;
  readonly found: Promise<readonly CredentialVersion[]>;
}

/** More versions of one AI agent are not shown. */
export const SHOWN_VERSIONS = 100;

/** Reads the versions of keys: all that are asked for in one turn of the event loop in one statement. Remembers nothing. */
export class CredentialHistory {
  readonly #gathered = new Map<TenantId, Gathered>();

  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. */
  async of({ tenantId, instanceId, aiAgent }: KeyOwner): Promise<CredentialVersion[]> {
    let gathered = this.#gathered.get(tenantId);
    if (!gathered) {
      const instances = new Set<InstanceId>();
      gathered = { instances, found: this.#read(tenantId, instances) };
      this.#gathered.set(tenantId, gathered);
    }
    gathered.instances.add(instanceId);
    const isOfThis = (row: { instanceId: InstanceId; aiAgent: AiAgent }): boolean =>
      row.instanceId === instanceId && row.aiAgent === aiAgent;
    return (await gathered.found).filter(isOfThis);
  }

  async #read(tenantId: TenantId, instances: ReadonlySet<InstanceId>): Promise<CredentialVersion[]> {
    await nextTurn();
    this.#gathered.delete(tenantId);
    return this.dataSource.query(
      `SELECT instance_id AS "instanceId", ai_agent AS "aiAgent", version, state, fingerprint, last_four AS "lastFour",
        created_at AS "createdAt", created_by AS "createdBy", rotated_at AS "rotatedAt", revoked_at AS "revokedAt",
        destroyed_at AS "destroyedAt"
       FROM (SELECT *, row_number() OVER (PARTITION BY instance_id, ai_agent ORDER BY version DESC) AS age
         FROM credentials WHERE tenant_id = $1 AND instance_id = ANY ($2::uuid[])) AS version
       WHERE age <= $3 ORDER BY version.version DESC`,
      [tenantId, [...instances], SHOWN_VERSIONS],
    );
  }
}
