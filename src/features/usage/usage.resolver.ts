import { GraphQLDate } from 'graphql-scalars';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import type { InstanceId } from '../../kernel/ids.js';
import type { UsageService } from './usage.service.js';
import { DailyUsageType, dailyUsageType } from './usage.type.js';

@Resolver()
export class UsageResolver {
  constructor(private readonly deps: { readonly usage: UsageService }) {}

  @Auth('VIEWER')
  @Query(() => [DailyUsageType], {
    description:
      "Daily sums of an instance's model calls for each AI agent, oldest first; a day without calls is left out. Calls appear within a second or two.",
  })
  async usage(
    @Ctx() { actor }: GraphQLContext,
    @Arg('instanceId', () => ID, { description: 'The instance.' }) instanceId: string,
    @Arg('from', () => GraphQLDate, { description: 'The first day, in UTC.' }) from: Date,
    @Arg('to', () => GraphQLDate, { description: 'The last day, in UTC; at most 365 days after the first.' }) to: Date,
  ): Promise<DailyUsageType[]> {
    const rows = await this.deps.usage.sums(actor, instanceId as InstanceId, { from, to }, ['DAY', 'AI_AGENT']);
    return rows.map(dailyUsageType);
  }
}
