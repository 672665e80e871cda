import type { DataSource } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { TriagedError } from '../../kernel/errors.js';
import type { TenantId, ToolId } from '../../kernel/ids.js';
import { missError } from '../../kernel/ownership.js';
import type { SqlSource } from '../../kernel/ownership.js';
import { queryCount, queryPage, SqlFilter } from '../../kernel/list-query.js';
import type { PageRequest } from '../../kernel/pager.js';
import { Audit, changeDetails } from '../audit/index.js';
import { ToolEntity } from './tool.entity.js';
import { TOOL_COLUMNS } from './tool.js';
import type { Tool } from './tool.js';

export interface ToolFilter {
  /** Only the tools of this agent. */
  readonly agentName?: string | undefined;
}

/** An agent that has a tool. */
export interface DependentAgent {
  readonly id: string;
  readonly name: string;
}

const COLUMNS = Object.entries(TOOL_COLUMNS).map(([field, column]) => `item.${column} AS "${field}"`);

const listOf = (tenantId: TenantId, { agentName }: ToolFilter) => {
  const filter = new SqlFilter().add((tenant) => `item.tenant_id = ${tenant}`, tenantId);
  if (agentName !== undefined) {
    filter.add(
      (name) => `item.id IN (
        SELECT link.tool_id FROM agents AS agent
        JOIN agent_tools AS link ON link.tenant_id = agent.tenant_id AND link.agent_id = agent.id
        WHERE agent.tenant_id = item.tenant_id AND agent.name = ${name})`,
      agentName,
    );
  }
  return { table: 'tools', columns: COLUMNS, filter };
};

/** The SQL side of tools; every call is of one tenant. What an actor changes is audited in the same transaction. */
export class ToolRepository {
  constructor(
    private readonly dataSource: DataSource,
    /** For what is read often. */
    private readonly statements: SqlSource,
  ) {}

  insert(actor: Actor, tool: Pick<ToolEntity, 'id' | 'name' | 'description'>): Promise<Tool> {
    return this.dataSource.transaction(async (manager) => {
      const row = manager.create(ToolEntity, { ...tool, tenantId: actor.tenantId });
      await manager.insert(ToolEntity, row);
      const { id: toolId, name } = tool;
      await Audit.record(manager, actor, { action: 'TOOL_CREATED', toolId, details: { name } });
      return row;
    });
  }

  /** False when the tenant has no such tool. */
  update(actor: Actor, id: ToolId, changes: Partial<Pick<ToolEntity, 'name' | 'description'>>): Promise<boolean> {
    const { tenantId } = actor;
    return this.dataSource.transaction(async (manager) => {
      const set = { ...changes, updatedAt: () => 'clock_timestamp()' };
      const { affected } = await manager.update(ToolEntity, { tenantId, id }, set);
      if (affected !== 1) return false;
      await Audit.record(manager, actor, { action: 'TOOL_UPDATED', toolId: id, details: changeDetails(changes) });
      return true;
    });
  }

  /** False when the tenant has no such tool; rejects while an agent has it. */
  delete(actor: Actor, { id, name }: Pick<Tool, 'id' | 'name'>): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const { affected } = await manager.delete(ToolEntity, { tenantId: actor.tenantId, id });
      if (affected !== 1) return false;
      await Audit.record(manager, actor, { action: 'TOOL_DELETED', toolId: id, details: { name } });
      return true;
    });
  }

  async find(tenantId: TenantId, id: ToolId): Promise<Tool | undefined> {
    const rows: Tool[] = await this.dataSource.query(
      `SELECT ${COLUMNS.join(', ')} FROM tools AS item WHERE item.tenant_id = $1 AND item.id = $2`,
      [tenantId, id],
    );
    return rows[0];
  }

  list(tenantId: TenantId, filter: ToolFilter, page: PageRequest): Promise<Tool[]> {
    return queryPage<Tool>(this.statements, listOf(tenantId, filter), page);
  }

  count(tenantId: TenantId, filter: ToolFilter): Promise<number> {
    return queryCount(this.statements, listOf(tenantId, filter));
  }

  /** The first of them by name, at most `limit`, and how many there are in all. */
  async agentsThatHave(
    tenantId: TenantId,
    id: ToolId,
    limit: number,
  ): Promise<{ agents: DependentAgent[]; agentCount: number }> {
    const rows: (DependentAgent & { count: number })[] = await this.dataSource.query(
      `SELECT agent.id, agent.name, (count(*) OVER ())::integer AS count FROM agent_tools AS link
       JOIN agents AS agent ON agent.tenant_id = link.tenant_id AND agent.id = link.agent_id
       WHERE link.tenant_id = $1 AND link.tool_id = $2 ORDER BY agent.name COLLATE "C" LIMIT $3`,
      [tenantId, id, limit],
    );
    return { agents: rows.map(({ id: agentId, name }) => ({ id: agentId, name })), agentCount: rows[0]?.count ?? 0 };
  }

  /** Why the tenant has no such tool. */
  missError(tenantId: TenantId, id: ToolId): Promise<TriagedError> {
    return missError(this.dataSource, 'tool', tenantId, id);
  }
}
