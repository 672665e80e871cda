import type { EntityManager } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { TenantId } from '../../kernel/ids.js';
import type { AuditEvent } from './audit-event.js';
import { EventIds } from './event-id.js';

/** What the server does of its own accord, for a tenant. */
export interface ServerItself {
  readonly tenantId: TenantId;
}

const ids = new EventIds();

export const Audit = {
  /** Keeps an event in the transaction of the change that it tells of: both are there, or neither. */
  async record(manager: EntityManager, actor: Actor | ServerItself, event: AuditEvent): Promise<void> {
    const { keyId, role, clientAddress }: Partial<Actor> = actor;
    const { action, details = {}, ...subjects } = event;
    const { instanceId, aiAgent, credentialVersion, clusterId, runId, agentId, toolId }: Subjects = subjects;
    // What is undefined is null in the row.
    await manager.query(
      `INSERT INTO audit_events (tenant_id, id, action, key_id, role, client_address,
        instance_id, ai_agent, credential_version, cluster_id, run_id, agent_id, tool_id, details)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        ...[actor.tenantId, ids.next(), action, keyId, role, clientAddress],
        ...[instanceId, aiAgent, credentialVersion, clusterId, runId, agentId, toolId, JSON.stringify(details)],
      ],
    );
  },
} as const;

/** Whatever subjects an event may bear. */
type Subjects = Partial<Record<Exclude<Keys<AuditEvent>, 'action' | 'details'>, unknown>>;
type Keys<Union> = Union extends unknown ? keyof Union : never;
