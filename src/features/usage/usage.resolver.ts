import { GraphQLDate } from 'graphql-scalars';
import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, ID, Info, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import type { InstanceId } from '../../kernel/ids.js';
import { PageArgs } from '../../kernel/page-type.js';
import { selectedFields } from '../../kernel/selection.js';
import type { UnknownCallsService } from './unknown-calls.service.js';
import { EACH_DAY_AND_AI_AGENT, type UsageDimension, type UsageService } from './usage.service.js';
import {
  UnknownModelCallFilterInput,
  unknownModelCallType,
  UnknownModelCallPageType,
  UsageDimensionEnum,
  usageType,
  UsageType,
} from './usage.types.js';

@Resolver()
export class UsageResolver {
  constructor(private readonly deps: { readonly usage: UsageService; readonly unknownCalls: UnknownCallsService }) {}

  @Auth('VIEWER')
  @Query(() => [UsageType], {
    description:
      "Sums of an instance's model calls, oldest first: daily ones for each AI agent, unless told to group otherwise. What was not used is left out. Calls appear within a second or two. At most 2,000 sums.",
  })
  async usage(
    @Ctx() { actor }: GraphQLContext,
    @Arg('instanceId', () => ID, { description: 'The instance.' }) instanceId: string,
    @Arg('from', () => GraphQLDate, { description: 'The first day, in UTC.' }) from: Date,
    @Arg('to', () => GraphQLDate, { description: 'The last day, in UTC; at most 365 days after the first.' }) to: Date,
    @Arg('groupBy', () => [UsageDimensionEnum], {
      defaultValue: [...EACH_DAY_AND_AI_AGENT],
      description: 'What the sums are told apart by; an empty list gives one sum.',
    })
    groupBy: UsageDimension[],
  ): Promise<UsageType[]> {
    const rows = await this.deps.usage.sums(actor, instanceId as InstanceId, { from, to }, groupBy);
    return rows.map(usageType);
  }

  @Auth('VIEWER')
  @Query(() => UnknownModelCallPageType, {
    description: 'Model calls that were under way when their server was killed, newest first.',
  })
  async unknownModelCalls(
    @Ctx() { actor }: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => UnknownModelCallFilterInput, { nullable: true, description: 'Which ones; all unless given.' })
    filter?: UnknownModelCallFilterInput | null,
  ): Promise<UnknownModelCallPageType> {
    const withTotal = selectedFields(info).has('totalCount');
    const found = await this.deps.unknownCalls.list(actor, filter ?? {}, page, { withTotal });
    const items = found.items.map(unknownModelCallType);
    return Object.assign(new UnknownModelCallPageType(), { ...found, items });
  }
}
