import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Mutation, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { PageArgs } from '../../kernel/page-type.js';
import { selectedFields } from '../../kernel/selection.js';
import { longTextsBut } from './run-columns.js';
import type { TriageHistory } from './triage-history.js';
import { triageRunType } from './triage-run.view.js';
import type { TriageService } from './triage.service.js';
import { StartTriageInput, TriageRunFilterInput, TriageRunPageType, TriageRunType } from './triage.types.js';

export interface TriageResolverDependencies {
  readonly triage: TriageService;
  readonly history: TriageHistory;
}

@Resolver()
export class TriageResolver {
  constructor(private readonly deps: TriageResolverDependencies) {}

  @Auth('VIEWER')
  @Query(() => TriageRunType, { description: 'One run of the tenant.' })
  async triageRun(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The run.' }) id: string,
  ): Promise<TriageRunType> {
    return triageRunType(await this.deps.triage.get(actor, id));
  }

  @Auth('VIEWER')
  @Query(() => TriageRunPageType, { description: "The tenant's runs, newest first." })
  async triageRuns(
    @Ctx() { actor }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => TriageRunFilterInput, { nullable: true, description: 'Which ones; all unless given.' })
    filter?: TriageRunFilterInput | null,
  ): Promise<TriageRunPageType> {
    const selected = selectedFields(info);
    const asked = { withTotal: selected.has('totalCount'), without: longTextsBut(selected, 'items.') };
    const found = await this.deps.history.page(actor, filter ?? {}, page, asked);
    return Object.assign(new TriageRunPageType(), { ...found, items: found.items.map(triageRunType) });
  }

  @Auth('OPERATOR')
  @Mutation(() => TriageRunType, {
    description: 'Queues a triage; it starts as soon as a worker has room. Each one costs a point of the quota.',
  })
  async startTriage(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => StartTriageInput, { description: 'The triage.' }) input: StartTriageInput,
  ): Promise<TriageRunType> {
    return triageRunType(await this.deps.triage.start(actor, input));
  }

  @Auth('OPERATOR')
  @Mutation(() => TriageRunType, {
    description:
      'Cancels a run: a queued one at once, one under way as soon as its agent has stopped. Repeating it is harmless. It costs ' +
      'nothing of the quota when nothing else is asked for, at most 5 runs at once, and of the run nothing but `id`, `state`, ' +
      '`cancelRequestedAt` and `endedAt`.',
  })
  async cancelTriage(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The run.' }) id: string,
  ): Promise<TriageRunType> {
    return triageRunType(await this.deps.triage.cancel(actor, id));
  }
}
