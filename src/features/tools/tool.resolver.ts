import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Mutation, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { PageArgs } from '../../kernel/page-type.js';
import { selectedFields } from '../../kernel/selection.js';
import type { ToolService } from './tool.service.js';
import { CreateToolInput, ToolFilterInput, ToolPageType, ToolType, UpdateToolInput } from './tool.types.js';

@Resolver()
export class ToolResolver {
  constructor(private readonly deps: { readonly tools: ToolService }) {}

  @Auth('VIEWER')
  @Query(() => ToolType, { description: 'One tool of the tenant.' })
  async tool(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The tool.' }) id: string,
  ): Promise<ToolType> {
    return this.deps.tools.get(actor, id);
  }

  @Auth('VIEWER')
  @Query(() => ToolPageType, { description: "The tenant's tools, newest first." })
  async tools(
    @Ctx() { actor }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ToolFilterInput, { nullable: true, description: 'Which ones; all unless given.' })
    filter?: ToolFilterInput | null,
  ): Promise<ToolPageType> {
    const withTotal = selectedFields(info).has('totalCount');
    return this.deps.tools.list(actor, { agentName: filter?.agentName ?? undefined }, page, { withTotal });
  }

  @Auth('OPERATOR')
  @Mutation(() => ToolType, { description: 'Creates a tool.' })
  async createTool(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => CreateToolInput, { description: 'The new tool.' }) input: CreateToolInput,
  ): Promise<ToolType> {
    return this.deps.tools.create(actor, input);
  }

  @Auth('OPERATOR')
  @Mutation(() => ToolType, { description: 'Changes a tool; agents that have it use it as it is at each execution.' })
  async updateTool(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The tool.' }) id: string,
    @Arg('input', () => UpdateToolInput, { description: 'What to change.' }) input: UpdateToolInput,
  ): Promise<ToolType> {
    return this.deps.tools.update(actor, id, input);
  }

  @Auth('OPERATOR')
  @Mutation(() => ToolType, {
    description:
      'Deletes a tool and gives it as it was. Refused with TOOL_IN_USE, naming the agents, while any has it.',
  })
  async deleteTool(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The tool.' }) id: string,
  ): Promise<ToolType> {
    return this.deps.tools.delete(actor, id);
  }
}
