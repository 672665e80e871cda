import type { DataSource, EntityManager } from 'typeorm';
import type { TriagedError } from '../../kernel/errors.js';
import type { AgentId, TenantId, ToolId } from '../../kernel/ids.js';
import { queryCount, queryPage } from '../../kernel/list-query.js';
import { missError, missOf, ownershipOf } from '../../kernel/ownership.js';
import type { SqlSource } from '../../kernel/ownership.js';
import type { PageRequest } from '../../kernel/pager.js';
import { AgentToolEntity } from './agent-tool.entity.js';
import { AgentEntity } from './agent.entity.js';
import { agentColumns, agentFilter, ALL_TOOL_FIELDS, withInstants } from './agent.sql.js';
import type { AgentFilter, ToolField } from './agent.sql.js';
import type { Agent, ListedAgent } from './agent.js';

export type AgentRow = Pick<AgentEntity, 'tenantId' | 'id' | 'name' | 'role' | 'description'>;
export type AgentChanges = Partial<Pick<AgentEntity, 'name' | 'role' | 'description'>>;

/** The SQL side of agents; every call is of one tenant. Writes that break a constraint reject and leave nothing. */
export class AgentRepository {
  constructor(
    private readonly dataSource: DataSource,
    /** For what is read often. */
    private readonly statements: SqlSource,
  ) {}

  async insert(agent: AgentRow, toolIds: readonly ToolId[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(AgentEntity, agent);
      await attach(manager, agent.tenantId, agent.id, toolIds);
    });
  }

  /** False when the tenant has no such agent. Holds the agent's row, so that two changes of its tools do not mix. */
  async update(
    tenantId: TenantId,
    id: AgentId,
    changes: AgentChanges,
    toolIds: readonly ToolId[] | undefined,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const set = { ...changes, updatedAt: () => 'clock_timestamp()' };
      const { affected } = await manager.update(AgentEntity, { tenantId, id }, set);
      if (affected !== 1) return false;
      if (toolIds) {
        await manager.delete(AgentToolEntity, { tenantId, agentId: id });
        await attach(manager, tenantId, id, toolIds);
      }
      return true;
    });
  }

  /** False when the tenant has no such agent. Its tools stay, and so does its history. */
  async delete(tenantId: TenantId, id: AgentId): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(AgentEntity, { tenantId, id });
    return affected === 1;
  }

  /** With its tools, in one statement. */
  async find(tenantId: TenantId, id: AgentId): Promise<Agent | undefined> {
    const [agent]: Agent[] = await this.dataSource.query(
      `SELECT ${agentColumns(ALL_TOOL_FIELDS).join(', ')} FROM agents AS item WHERE item.tenant_id = $1 AND item.id = $2`,
      [tenantId, id],
    );
    return agent && { ...agent, tools: agent.tools.map(withInstants) };
  }

  /** With the given fields of their tools, in one statement. */
  async list(
    tenantId: TenantId,
    filter: AgentFilter,
    toolFields: readonly ToolField[],
    page: PageRequest,
  ): Promise<ListedAgent[]> {
    const query = { table: 'agents', columns: agentColumns(toolFields), filter: agentFilter(tenantId, filter) };
    const agents = await queryPage<ListedAgent>(this.statements, query, page);
    if (!toolFields.includes('createdAt') && !toolFields.includes('updatedAt')) return agents;
    return agents.map((agent) => ({ ...agent, tools: agent.tools.map(withInstants) }));
  }

  count(tenantId: TenantId, filter: AgentFilter): Promise<number> {
    return queryCount(this.statements, { table: 'agents', filter: agentFilter(tenantId, filter) });
  }

  /** Why the tenant has no such agent. */
  missError(tenantId: TenantId, id: AgentId): Promise<TriagedError> {
    return missError(this.dataSource, 'agent', tenantId, id);
  }

  /** The first of the tools that the tenant does not have, by its index, and why. */
  async missingTool(
    tenantId: TenantId,
    toolIds: readonly ToolId[],
  ): Promise<{ index: number; error: TriagedError } | undefined> {
    for (const [index, id] of toolIds.entries()) {
      const ownership = await ownershipOf(this.dataSource, 'tool', tenantId, id);
      if (ownership !== 'OWN') return { index, error: missOf(ownership, 'tool', id) };
    }
    return undefined;
  }
}

async function attach(
  manager: EntityManager,
  tenantId: TenantId,
  agentId: AgentId,
  toolIds: readonly ToolId[],
): Promise<void> {
  if (toolIds.length === 0) return;
  await manager.insert(
    AgentToolEntity,
    toolIds.map((toolId) => ({ tenantId, agentId, toolId })),
  );
}
