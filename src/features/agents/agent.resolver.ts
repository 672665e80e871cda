import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Mutation, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { PageArgs } from '../../kernel/page-type.js';
import type { Page } from '../../kernel/pager.js';
import { fieldsBelow, selectedFields } from '../../kernel/selection.js';
import type { AgentService } from './agent.service.js';
import type { ToolField } from './agent.sql.js';
import { ALL_TOOL_FIELDS } from './agent.sql.js';
import { AgentFilterInput, AgentPageType, AgentType, CreateAgentInput, UpdateAgentInput } from './agent.types.js';
import type { Agent, ListedAgent } from './agent.js';

@Resolver()
export class AgentResolver {
  constructor(private readonly deps: { readonly agents: AgentService }) {}

  @Auth('VIEWER')
  @Query(() => AgentType, { description: 'One agent of the tenant.' })
  async agent(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The agent.' }) id: string,
  ): Promise<Agent> {
    return this.deps.agents.get(actor, id);
  }

  @Auth('VIEWER')
  @Query(() => AgentPageType, { description: "The tenant's agents, newest first." })
  async agents(
    @Ctx() { actor }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => AgentFilterInput, { nullable: true, description: 'Which ones; all unless given.' })
    filter?: AgentFilterInput | null,
  ): Promise<Page<ListedAgent>> {
    const selected = selectedFields(info);
    return this.deps.agents.list(actor, { toolName: filter?.toolName ?? undefined }, page, {
      withTotal: selected.has('totalCount'),
      toolFields: toolFields(selected),
    });
  }

  @Auth('OPERATOR')
  @Mutation(() => AgentType, { description: 'Creates an agent with tools of the tenant.' })
  async createAgent(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => CreateAgentInput, { description: 'The new agent.' }) input: CreateAgentInput,
  ): Promise<Agent> {
    return this.deps.agents.create(actor, input);
  }

  @Auth('OPERATOR')
  @Mutation(() => AgentType, { description: 'Changes an agent; `toolIds` replaces all tools that it had.' })
  async updateAgent(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The agent.' }) id: string,
    @Arg('input', () => UpdateAgentInput, { description: 'What to change.' }) input: UpdateAgentInput,
  ): Promise<Agent> {
    return this.deps.agents.update(actor, id, input);
  }

  @Auth('OPERATOR')
  @Mutation(() => AgentType, {
    description: 'Deletes an agent and gives it as it was. Its tools and its executions stay.',
  })
  async deleteAgent(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The agent.' }) id: string,
  ): Promise<Agent> {
    return this.deps.agents.delete(actor, id);
  }
}

/** What the statement has to read of the tools; one field at least when they are selected, so that there are as many. */
function toolFields(selected: ReadonlySet<string>): ToolField[] {
  if (!selected.has('items.tools')) return [];
  const wanted = fieldsBelow(selected, 'items.tools');
  const fields = ALL_TOOL_FIELDS.filter((field) => wanted.includes(field));
  return fields.length > 0 ? fields : ['id'];
}
