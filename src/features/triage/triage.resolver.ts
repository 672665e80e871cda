import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import type { RunFilter, TriageHistory } from './triage-history.js';
import type { RunState } from './run-state.js';
import { triageRunType } from './triage-run.view.js';
import type { TriageService } from './triage.service.js';
import { StartTriageInput, TriageRunPageType, TriageRunStateEnum, TriageRunType } from './triage.types.js';

export interface TriageResolverDependencies {
  readonly triage: TriageService;
  readonly history: TriageHistory;
}

/** Keeps what was asked for, should the total be selected too. */
type FilteredPage = TriageRunPageType & { readonly filter: RunFilter };

@Resolver(() => TriageRunPageType)
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
    @Arg('limit', () => Int, { defaultValue: 20, description: 'How many: 1 to 100.' }) limit: number,
    @Arg('offset', () => Int, { defaultValue: 0, description: 'How many to leave out first; slow when large.' })
    offset: number,
    @Arg('after', () => String, {
      nullable: true,
      description: "An earlier page's `nextCursor`; as fast at every depth.",
    })
    after: string | null,
    @Arg('state', () => TriageRunStateEnum, { nullable: true, description: 'Only runs that stand so.' })
    state: RunState | null,
    @Arg('instanceId', () => ID, { nullable: true, description: 'Only runs of this instance.' })
    instanceId: string | null,
  ): Promise<FilteredPage> {
    const filter = { state, instanceId };
    const { items, nextCursor } = await this.deps.history.page(actor, { limit, offset, after, ...filter });
    return Object.assign(new TriageRunPageType(), { items: items.map(triageRunType), nextCursor, filter });
  }

  @FieldResolver(() => Int, { description: 'How many runs match, on all pages; counted only when it is selected.' })
  totalCount(@Ctx() { actor }: GraphQLContext, @Root() { filter }: FilteredPage): Promise<number> {
    return this.deps.history.count(actor, filter);
  }

  @Auth('OPERATOR')
  @Mutation(() => TriageRunType, { description: 'Queues a triage; it starts as soon as a worker has room.' })
  async startTriage(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => StartTriageInput, { description: 'The triage.' }) input: StartTriageInput,
  ): Promise<TriageRunType> {
    return triageRunType(await this.deps.triage.start(actor, input));
  }

  @Auth('OPERATOR')
  @Mutation(() => TriageRunType, {
    description:
      'Cancels a run: a queued one at once, one under way as soon as its agent has stopped. Repeating it is harmless.',
  })
  async cancelTriage(
    @Ctx() { actor }: GraphQLContext,
    @Arg('id', () => ID, { description: 'The run.' }) id: string,
  ): Promise<TriageRunType> {
    return triageRunType(await this.deps.triage.cancel(actor, id));
  }
}
