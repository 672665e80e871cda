import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import type { InstanceId } from '../../kernel/ids.js';
import type { UsageRow, UsageService } from './usage.service.js';
import { usageType, UsageType } from './usage.types.js';

/**
 * Makes the resolver class for one UsageService, or one that only describes the field. A class in a function, because
 * type-graphql calls a custom `subscribe` without an instance.
 */
export function createUsageSubscriptionResolver(usage: Pick<UsageService, 'changes'> = describing): new () => object {
  @Resolver()
  class UsageSubscriptionResolver {
    @Auth('VIEWER')
    @Subscription(() => [UsageType], {
      description:
        "An instance's usage of today (UTC) for each AI agent: as it stands, then when it has changed, at most once a second.",
      subscribe: ({ args, context }) => {
        const { instanceId } = args as { readonly instanceId: InstanceId };
        return usage.changes((context as GraphQLContext).actor, instanceId);
      },
    })
    usageChanged(
      @Root() rows: UsageRow[],
      @Arg('instanceId', () => ID, { description: 'The instance.' }) _instanceId: string,
    ): UsageType[] {
      return rows.map(usageType);
    }
  }
  return UsageSubscriptionResolver;
}

const describing: Pick<UsageService, 'changes'> = {
  changes: () => Promise.reject(new Error('this schema only describes its fields')),
};
