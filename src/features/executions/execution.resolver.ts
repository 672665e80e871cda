import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Mutation, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { PageArgs } from '../../kernel/page-type.js';
import type { Page } from '../../kernel/pager.js';
import { fieldsBelow, selectedFields } from '../../kernel/selection.js';
import { EXECUTION_FIELDS } from './execution.js';
import type { Execution, ListedExecution } from './execution.js';
import type { ExecutionService } from './execution.service.js';
import { ExecutionFilterInput, ExecutionPageType, ExecutionType, RunAgentInput } from './execution.types.js';

@Resolver()
export class ExecutionResolver {
  constructor(private readonly deps: { readonly executions: ExecutionService }) {}

  @Auth('OPERATOR')
  @Mutation(() => ExecutionType, {
    description:
      'Gives an agent a task, logs its answer and gives it back. Each one costs a point of the quota. With an instance, its usage and limits count as well, and a call that fails is not logged.',
  })
  async runAgent(
    @Ctx() { actor, signal }: GraphQLContext,
    @Arg('input', () => RunAgentInput, { description: 'Agent, task and model.' }) input: RunAgentInput,
  ): Promise<Execution> {
    return this.deps.executions.run(actor, input, signal);
  }

  @Auth('VIEWER')
  @Query(() => ExecutionType, { description: 'One execution of the tenant.' })
  async execution(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The execution.' }) id: string,
  ): Promise<Execution> {
    return this.deps.executions.get(actor, id);
  }

  @Auth('VIEWER')
  @Query(() => ExecutionPageType, { description: "The tenant's executions, newest first." })
  async executions(
    @Ctx() { actor }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ExecutionFilterInput, { nullable: true, description: 'Which ones; all unless given.' })
    filter?: ExecutionFilterInput | null,
  ): Promise<Page<ListedExecution>> {
    const selected = selectedFields(info);
    const wanted = fieldsBelow(selected, 'items');
    return this.deps.executions.list(actor, filter ?? {}, page, {
      withTotal: selected.has('totalCount'),
      fields: EXECUTION_FIELDS.filter((field) => wanted.includes(field)),
    });
  }
}
