import type { DataSource } from 'typeorm';
import type { TriagedError } from '../../kernel/errors.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import { queryCount, queryPage, SqlFilter } from '../../kernel/list-query.js';
import { missOf, ownershipOf } from '../../kernel/ownership.js';
import type { PageRequest } from '../../kernel/pager.js';
import type { AuditAction, RecordedEvent } from './audit-event.js';

export interface AuditFilter {
  readonly instanceId?: InstanceId | undefined;
  readonly action?: AuditAction | undefined;
  readonly keyId?: string | undefined;
  /** Not before. */
  readonly from?: Date | undefined;
  /** Before. */
  readonly to?: Date | undefined;
}

const COLUMNS = {
  id: 'id',
  createdAt: 'created_at',
  action: 'action',
  keyId: 'key_id',
  role: 'role',
  clientAddress: 'client_address',
  instanceId: 'instance_id',
  aiAgent: 'ai_agent',
  credentialVersion: 'credential_version',
  clusterId: 'cluster_id',
  runId: 'run_id',
  agentId: 'agent_id',
  toolId: 'tool_id',
  details: 'details',
} as const satisfies Record<keyof RecordedEvent, string>;

const SELECTED = Object.entries(COLUMNS).map(([field, column]) => `item.${column} AS "${field}"`);

function listOf(tenantId: TenantId, { instanceId, action, keyId, from, to }: AuditFilter) {
  const filter = new SqlFilter().add((tenant) => `item.tenant_id = ${tenant}`, tenantId);
  if (instanceId !== undefined) filter.add((instance) => `item.instance_id = ${instance}`, instanceId);
  if (action !== undefined) filter.add((name) => `item.action = ${name}`, action);
  if (keyId !== undefined) filter.add((key) => `item.key_id = ${key}`, keyId);
  if (from !== undefined) filter.add((time) => `item.created_at >= ${time}`, from);
  if (to !== undefined) filter.add((time) => `item.created_at < ${time}`, to);
  return { table: 'audit_events', columns: SELECTED, filter };
}

/** Reads the audit trail; every call is of one tenant. */
export class AuditRepository {
  constructor(private readonly dataSource: DataSource) {}

  list(tenantId: TenantId, filter: AuditFilter, page: PageRequest): Promise<RecordedEvent[]> {
    return queryPage<RecordedEvent>(this.dataSource, listOf(tenantId, filter), page);
  }

  count(tenantId: TenantId, filter: AuditFilter): Promise<number> {
    return queryCount(this.dataSource, listOf(tenantId, filter));
  }

  /** Why the tenant has, and had, no such instance; undefined when it has one, or has deleted it. */
  async missingInstance(tenantId: TenantId, id: InstanceId): Promise<TriagedError | undefined> {
    const ownership = await ownershipOf(this.dataSource, 'instance', tenantId, id);
    return ownership === 'OWN' ? undefined : missOf(ownership, 'instance', id);
  }
}
