import { GraphQLDate, GraphQLSafeInt } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { UsageRow } from './usage.service.js';

@ObjectType('DailyUsage', { description: 'What one AI agent of an instance used in one day (UTC).' })
export class DailyUsageType {
  @Field(() => GraphQLDate, { description: 'The day, in UTC.' })
  readonly day!: string;

  @Field(() => AiAgentEnum, { description: 'The AI agent that made the calls.' })
  readonly aiAgent!: AiAgent;

  @Field(() => GraphQLSafeInt, { description: 'Model calls that began on this day, failed ones included.' })
  readonly requestCount!: number;

  @Field(() => GraphQLSafeInt, { description: 'Model calls that the provider refused, failed or cut.' })
  readonly errorCount!: number;

  @Field(() => GraphQLSafeInt, {
    description: 'All tokens: input, output, and those read from and written to the cache.',
  })
  readonly tokenCount!: number;

  @Field(() => GraphQLSafeInt, { description: 'Input tokens that were neither read from nor written to the cache.' })
  readonly inputTokens!: number;

  @Field(() => GraphQLSafeInt, { description: 'Tokens that the model wrote.' })
  readonly outputTokens!: number;

  @Field(() => GraphQLSafeInt, { description: "Input tokens read from the provider's prompt cache." })
  readonly cacheReadTokens!: number;

  @Field(() => GraphQLSafeInt, { description: "Input tokens written to the provider's prompt cache." })
  readonly cacheWriteTokens!: number;
}

export const dailyUsageType = ({ day, aiAgent, figures }: UsageRow): DailyUsageType => {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = figures;
  const tokenCount = inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens + reasoningTokens;
  return Object.assign(new DailyUsageType(), { day, aiAgent, tokenCount, ...figures });
};
