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

const COLUMNS = [
  ...['tenant_id', 'id', 'action', 'key_id', 'role', 'client_address'],
  ...['instance_id', 'ai_agent', 'credential_version', 'cluster_id', 'run_id', 'agent_id', 'tool_id', 'details'],
];
/** A statement takes 65,535 parameters at most. */
const ROWS_AT_ONCE = 1_000;

export const Audit = {
  /** Keeps an event in the transaction of the change that it tells of: both are there, or neither. */
  record(manager: EntityManager, actor: Actor | ServerItself, event: AuditEvent): Promise<void> {
    return Audit.recordAll(manager, actor, [event]);
  },

  /** The same of many events of one change, in their order. */
  async recordAll(manager: EntityManager, actor: Actor | ServerItself, events: readonly AuditEvent[]): Promise<void> {
    for (let at = 0; at < events.length; at += ROWS_AT_ONCE) {
      const rows = events.slice(at, at + ROWS_AT_ONCE).map((event) => rowOf(actor, event));
      const places = rows.map(
        (row, index) => `(${row.map((_, column) => `$${index * row.length + column + 1}`).join(', ')})`,
      );
      await manager.query(`INSERT INTO audit_events (${COLUMNS.join(', ')}) VALUES ${places.join(', ')}`, rows.flat());
    }
  },
} as const;

/** By column; what is undefined is null in the row. */
function rowOf(actor: Actor | ServerItself, { action, details = {}, ...subjects }: AuditEvent): unknown[] {
  const { keyId, role, clientAddress }: Partial<Actor> = actor;
  const { instanceId, aiAgent, credentialVersion, clusterId, runId, agentId, toolId }: Subjects = subjects;
  return [
    ...[actor.tenantId, ids.next(), action, keyId, role, clientAddress],
    ...[instanceId, aiAgent, credentialVersion, clusterId, runId, agentId, toolId, JSON.stringify(details)],
  ];
}

/** Whatever subjects an event may bear. */
type Subjects = Partial<Record<Exclude<Keys<AuditEvent>, 'action' | 'details'>, unknown>>;
type Keys<Union> = Union extends unknown ? keyof Union : never;
