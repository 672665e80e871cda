import type { Actor } from '../../kernel/actor.js';
import { isForeignKeyViolation, isUniqueViolation, retryingDeadlocks } from '../../kernel/database-errors.js';
import { TriagedError } from '../../kernel/errors.js';
import { newAgentId } from '../../kernel/ids.js';
import type { AgentId, TenantId, ToolId } from '../../kernel/ids.js';
import type { Page, PageArguments, Pager } from '../../kernel/pager.js';
import { lineInput } from '../../kernel/text-input.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import { agentTexts, toolIdsInput } from './agent-input.js';
import type { AgentFields, AgentLimits } from './agent-input.js';
import type { AgentRepository } from './agent.repository.js';
import type { AgentFilter, ToolField } from './agent.sql.js';
import type { Agent, ListedAgent } from './agent.js';

export interface AgentServiceDependencies {
  readonly repository: Pick<AgentRepository, keyof AgentRepository>;
  readonly pager: Pager;
  readonly limits: AgentLimits;
}

export interface CreateAgent extends AgentFields {
  readonly name: string;
  readonly role: string;
  readonly description: string;
  readonly toolIds: readonly string[];
}

/**
 * Agents of a tenant and their tools. Ids of other tenants, also those of tools, are FORBIDDEN, unknown ones NOT_FOUND.
 */
export class AgentService {
  constructor(private readonly deps: AgentServiceDependencies) {}

  /** Throws DUPLICATE_NAME when the tenant has an agent of this name. */
  async create(actor: Actor, input: CreateAgent): Promise<Agent> {
    const { tenantId } = actor;
    const { name, role, description } = { ...input, ...agentTexts(input, this.deps.limits) };
    const toolIds = toolIdsInput(input.toolIds);
    const agent = { id: newAgentId(), name, role, description };
    await this.#write(tenantId, name, toolIds, () =>
      retryingDeadlocks(() => this.deps.repository.insert(actor, agent, toolIds)),
    );
    return this.#get(actor, agent.id);
  }

  /** Throws DUPLICATE_NAME when another agent of the tenant has the new name. Given tools replace all that it had. */
  async update(actor: Actor, agentId: string, input: AgentFields): Promise<Agent> {
    const { tenantId } = actor;
    const id = uuidArgument<AgentId>('id', agentId);
    const changes = agentTexts(input, this.deps.limits);
    const toolIds = input.toolIds ? toolIdsInput(input.toolIds) : undefined;
    if (toolIds || Object.keys(changes).length > 0) {
      const update = () => retryingDeadlocks(() => this.deps.repository.update(actor, id, changes, toolIds));
      const isUpdated = await this.#write(tenantId, changes.name, toolIds ?? [], update);
      if (!isUpdated) throw await this.deps.repository.missError(tenantId, id);
    }
    return this.#get(actor, id);
  }

  /** Resolves to the agent as it was. Its executions stay in the history. */
  async delete(actor: Actor, agentId: string): Promise<Agent> {
    const agent = await this.get(actor, agentId);
    if (await retryingDeadlocks(() => this.deps.repository.delete(actor, agent))) return agent;
    throw await this.deps.repository.missError(actor.tenantId, agent.id);
  }

  /** `path` names the argument that holds the id. */
  async get(actor: Actor, agentId: string, path = 'id'): Promise<Agent> {
    return this.#get(actor, uuidArgument<AgentId>(path, agentId));
  }

  /** Newest first, with the given fields of their tools. */
  async list(
    actor: Actor,
    filter: AgentFilter,
    args: PageArguments,
    options: { readonly withTotal: boolean; readonly toolFields: readonly ToolField[] },
  ): Promise<Page<ListedAgent>> {
    const { repository, pager, limits } = this.deps;
    const { tenantId } = actor;
    const request = pager.read('agents', tenantId, args);
    const { toolName } = filter;
    const checked =
      toolName === undefined
        ? {}
        : { toolName: lineInput('filter.toolName', 'A name', toolName, limits.maxNameLength) };
    const [rows, totalCount] = await Promise.all([
      repository.list(tenantId, checked, options.toolFields, request),
      options.withTotal ? repository.count(tenantId, checked) : undefined,
    ]);
    return pager.page('agents', tenantId, request, rows, totalCount);
  }

  async #get(actor: Actor, id: AgentId): Promise<Agent> {
    const agent = await this.deps.repository.find(actor.tenantId, id);
    if (!agent) throw await this.deps.repository.missError(actor.tenantId, id);
    return agent;
  }

  /** Turns the constraints' violations into errors that say what to do. */
  async #write<T>(
    tenantId: TenantId,
    name: string | undefined,
    toolIds: readonly ToolId[],
    write: () => Promise<T>,
  ): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (isUniqueViolation(error, 'agents_name_unique')) {
        throw new TriagedError('DUPLICATE_NAME', 'There is an agent of this name already; choose another.', {
          path: 'input.name',
          name,
        });
      }
      if (!isForeignKeyViolation(error, 'agent_tools_tool')) throw error;
      const missing = await this.deps.repository.missingTool(tenantId, toolIds);
      if (!missing) throw error;
      const { code, message, details } = missing.error;
      throw new TriagedError(code, message, { path: `input.toolIds[${missing.index}]`, ...details });
    }
  }
}
