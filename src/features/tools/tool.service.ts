import type { Actor } from '../../kernel/actor.js';
import { isForeignKeyViolation, isUniqueViolation, retryingDeadlocks } from '../../kernel/database-errors.js';
import { TriagedError } from '../../kernel/errors.js';
import { newToolId } from '../../kernel/ids.js';
import type { ToolId } from '../../kernel/ids.js';
import type { Page, PageArguments, Pager } from '../../kernel/pager.js';
import { lineInput, proseInput } from '../../kernel/text-input.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import type { Tool } from './tool.js';
import type { ToolFilter, ToolRepository } from './tool.repository.js';

export interface ToolServiceDependencies {
  readonly repository: Pick<ToolRepository, keyof ToolRepository>;
  readonly pager: Pager;
  readonly limits: ToolLimits;
}

export interface ToolLimits {
  /** MAX_NAME_LENGTH, in code points. */
  readonly maxNameLength: number;
  /** MAX_DESCRIPTION_LENGTH, in code points. */
  readonly maxDescriptionLength: number;
}

/** Left out or null: as it is. */
export interface ToolChanges {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}

/** Of more dependent agents one error names the first, and says how many there are. */
/** Of a tool that agents let go of and take up again meanwhile. */
const DELETIONS = 3;
const NAMED_AGENTS = 100;

/** Tools of a tenant. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
export class ToolService {
  constructor(private readonly deps: ToolServiceDependencies) {}

  /** Throws DUPLICATE_NAME when the tenant has a tool of this name. */
  async create(actor: Actor, input: { readonly name: string; readonly description: string }): Promise<Tool> {
    const tool = {
      id: newToolId(),
      name: this.#name('input.name', input.name),
      description: this.#description(input.description),
    };
    return withUniqueName(tool.name, () => this.deps.repository.insert(actor, tool));
  }

  /** Throws DUPLICATE_NAME when another tool of the tenant has the new name. */
  async update(actor: Actor, toolId: string, { name, description }: ToolChanges): Promise<Tool> {
    const id = uuidArgument<ToolId>('id', toolId);
    const changes = {
      ...(typeof name === 'string' && { name: this.#name('input.name', name) }),
      ...(typeof description === 'string' && { description: this.#description(description) }),
    };
    if (Object.keys(changes).length > 0) {
      const update = () => retryingDeadlocks(() => this.deps.repository.update(actor, id, changes));
      if (!(await withUniqueName(changes.name, update))) throw await this.deps.repository.missError(actor.tenantId, id);
    }
    return this.get(actor, id);
  }

  /** Resolves to the tool as it was. Throws TOOL_IN_USE, naming the agents, while there are any that have it. */
  async delete(actor: Actor, toolId: string): Promise<Tool> {
    const tool = await this.get(actor, toolId);
    for (let tries = 1; ; tries += 1) {
      try {
        if (!(await retryingDeadlocks(() => this.deps.repository.delete(actor, tool))))
          throw await this.deps.repository.missError(actor.tenantId, tool.id);
        return tool;
      } catch (error) {
        if (!isForeignKeyViolation(error, 'agent_tools_tool')) throw error;
      }
      const { agents, agentCount } = await this.deps.repository.agentsThatHave(actor.tenantId, tool.id, NAMED_AGENTS);
      // Without any, the last one has let go of it meanwhile; but others may take it up again each time.
      if (agentCount > 0 || tries === DELETIONS) {
        throw new TriagedError('TOOL_IN_USE', 'Agents have this tool: take it from them, or delete them, first.', {
          id: tool.id,
          agents,
          agentCount,
        });
      }
    }
  }

  async get(actor: Actor, toolId: string): Promise<Tool> {
    const id = uuidArgument<ToolId>('id', toolId);
    const tool = await this.deps.repository.find(actor.tenantId, id);
    if (!tool) throw await this.deps.repository.missError(actor.tenantId, id);
    return tool;
  }

  /** Newest first. */
  async list(
    actor: Actor,
    filter: ToolFilter,
    args: PageArguments,
    options: { withTotal: boolean },
  ): Promise<Page<Tool>> {
    const { repository, pager } = this.deps;
    const { tenantId } = actor;
    const request = pager.read('tools', tenantId, args);
    const { agentName } = filter;
    const checked = agentName === undefined ? {} : { agentName: this.#name('filter.agentName', agentName) };
    const [rows, totalCount] = await Promise.all([
      repository.list(tenantId, checked, request),
      options.withTotal ? repository.count(tenantId, checked) : undefined,
    ]);
    return pager.page('tools', tenantId, request, rows, totalCount);
  }

  #name(path: string, text: string): string {
    return lineInput(path, 'A name', text, this.deps.limits.maxNameLength);
  }

  #description(text: string): string {
    return proseInput('input.description', 'A description', text, this.deps.limits.maxDescriptionLength);
  }
}

async function withUniqueName<T>(name: string | undefined, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error, 'tools_name_unique')) throw error;
    throw new TriagedError('DUPLICATE_NAME', 'There is a tool of this name already; choose another.', {
      path: 'input.name',
      name,
    });
  }
}
