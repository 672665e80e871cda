import type { DataSource, EntityManager } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { TriagedError } from '../../kernel/errors.js';
import type { AgentId, TenantId, ToolId } from '../../kernel/ids.js';
import { queryCount, queryPage } from '../../kernel/list-query.js';
import { missError, missOf, ownershipOf } from '../../kernel/ownership.js';
import type { SqlSource } from '../../kernel/ownership.js';
import type { PageRequest } from '../../kernel/pager.js';
import { Audit, changeDetails } from '../audit/index.js';
import { AgentToolEntity } from './agent-tool.entity.js';
import { AgentEntity } from './agent.entity.js';
import { agentColumns, agentFilter, ALL_TOOL_FIELDS, withInstants } from './agent.sql.js';
import type { AgentFilter, ToolField } from './agent.sql.js';
import type { Agent, ListedAgent } from './agent.js';

export type AgentRow = Pick<AgentEntity, 'id' | 'name' | 'role' | 'description'>;
export type AgentChanges = Partial<Pick<AgentEntity, 'name' | 'role' | 'description'>>;

/**
 * The SQL side of agents; every call is of one tenant. Writes that break a constraint reject and leave nothing. What an actor
 * changes is audited in the same transaction.
 */
export class AgentRepository {
  constructor(
    private readonly dataSource: DataSource,
    /** For what is read often. */
    private readonly statements: SqlSource,
  ) {}

  async insert(actor: Actor, agent: AgentRow, toolIds: readonly ToolId[]): Promise<void> {
    const { tenantId } = actor;
    const { id: agentId, name, role } = agent;
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(AgentEntity, { ...agent, tenantId });
      await attach(manager, tenantId, agentId, toolIds);
      const details = { name, role, ...toolDetails(toolIds) };
      await Audit.record(manager, actor, { action: 'AGENT_CREATED', agentId, details });
    });
  }

  /** False when the tenant has no such agent. Holds the agent's row, so that two changes of its tools do not mix. */
  async update(
    actor: Actor,
    id: AgentId,
    changes: AgentChanges,
    toolIds: readonly ToolId[] | undefined,
  ): Promise<boolean> {
    const { tenantId } = actor;
    return this.dataSource.transaction(async (manager) => {
      const set = { ...changes, updatedAt: () => 'clock_timestamp()' };
      const { affected } = await manager.update(AgentEntity, { tenantId, id }, set);
      if (affected !== 1) return false;
      if (toolIds) {
        await manager.delete(AgentToolEntity, { tenantId, agentId: id });
        await attach(manager, tenantId, id, toolIds);
      }
      const details = { ...changeDetails(changes), ...(toolIds && toolDetails(toolIds)) };
      await Audit.record(manager, actor, { action: 'AGENT_UPDATED', agentId: id, details });
      return true;
    });
  }

  /** False when the tenant has no such agent. Its tools stay, and so does its history. */
  delete(actor: Actor, { id, name }: Pick<Agent, 'id' | 'name'>): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const { affected } = await manager.delete(AgentEntity, { tenantId: actor.tenantId, id });
      if (affected !== 1) return false;
      await Audit.record(manager, actor, { action: 'AGENT_DELETED', agentId: id, details: { name } });
      return true;
    });
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

const toolDetails = (toolIds: readonly ToolId[]) => ({ tools: toolIds.join(' ') });

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
