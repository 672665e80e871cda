import type { DataSource } from 'typeorm';
import type { TriagedError } from '../../kernel/errors.js';
import type { AgentId, ExecutionId, TenantId } from '../../kernel/ids.js';
import { queryCount, queryPage, SqlFilter } from '../../kernel/list-query.js';
import { missError, missOf, ownershipOf } from '../../kernel/ownership.js';
import type { SqlSource } from '../../kernel/ownership.js';
import type { PageRequest } from '../../kernel/pager.js';
import { ExecutionLogEntity } from './execution-log.entity.js';
import { EXECUTION_COLUMNS, EXECUTION_FIELDS } from './execution.js';
import type { Execution, ExecutionField, ListedExecution } from './execution.js';

export interface ExecutionFilter {
  readonly agentId?: AgentId | undefined;
  readonly model?: string | undefined;
  /** Not before. */
  readonly from?: Date | undefined;
  /** Before. */
  readonly to?: Date | undefined;
}

const columns = (fields: readonly ExecutionField[]): string[] =>
  fields.map((field) => `item.${EXECUTION_COLUMNS[field]} AS "${field}"`);

function filterOf(tenantId: TenantId, { agentId, model, from, to }: ExecutionFilter): SqlFilter {
  const filter = new SqlFilter().add((tenant) => `item.tenant_id = ${tenant}`, tenantId);
  if (agentId !== undefined) filter.add((agent) => `item.agent_id = ${agent}`, agentId);
  if (model !== undefined) filter.add((name) => `item.model = ${name}`, model);
  if (from !== undefined) filter.add((time) => `item.created_at >= ${time}`, from);
  if (to !== undefined) filter.add((time) => `item.created_at < ${time}`, to);
  return filter;
}

/** The SQL side of the history; every call is of one tenant. */
export class ExecutionRepository {
  constructor(
    private readonly dataSource: DataSource,
    /** For what is read often. */
    private readonly statements: SqlSource,
  ) {}

  async insert(execution: Omit<ExecutionLogEntity, 'createdAt'>): Promise<Execution> {
    const row = this.dataSource.manager.create(ExecutionLogEntity, execution);
    await this.dataSource.manager.insert(ExecutionLogEntity, row);
    return row;
  }

  async find(tenantId: TenantId, id: ExecutionId): Promise<Execution | undefined> {
    const rows: Execution[] = await this.dataSource.query(
      `SELECT ${columns(EXECUTION_FIELDS).join(', ')} FROM execution_logs AS item
       WHERE item.tenant_id = $1 AND item.id = $2`,
      [tenantId, id],
    );
    return rows[0];
  }

  /** With the given fields, in one statement: prompts and responses that nobody asked for are not read. */
  list(
    tenantId: TenantId,
    filter: ExecutionFilter,
    fields: readonly ExecutionField[],
    page: PageRequest,
  ): Promise<ListedExecution[]> {
    const wanted = new Set<ExecutionField>(['id', 'createdAt', ...fields]);
    const query = { table: 'execution_logs', columns: columns([...wanted]), filter: filterOf(tenantId, filter) };
    return queryPage<ListedExecution>(this.statements, query, page);
  }

  count(tenantId: TenantId, filter: ExecutionFilter): Promise<number> {
    return queryCount(this.statements, { table: 'execution_logs', filter: filterOf(tenantId, filter) });
  }

  /** Why the tenant has no such execution. */
  missError(tenantId: TenantId, id: ExecutionId): Promise<TriagedError> {
    return missError(this.dataSource, 'execution', tenantId, id);
  }

  /** Why the tenant has, and had, no such agent; undefined when it has one, or executions of one that is gone. */
  async missingAgent(tenantId: TenantId, agentId: AgentId): Promise<TriagedError | undefined> {
    const ownership = await ownershipOf(this.dataSource, 'agent of executions', tenantId, agentId);
    return ownership === 'OWN' ? undefined : missOf(ownership, 'agent', agentId);
  }
}
