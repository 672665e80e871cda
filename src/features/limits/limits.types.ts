import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { make } from '../../kernel/make.js';
import type { AiAgentLimits } from './ai-agent-limits.js';

@ObjectType('AiAgentBudget', {
  description: 'What may be spent. Calls are let through while less was; what is under way then may go beyond it.',
})
export class AiAgentBudgetType {
  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description:
      'Tokens of every kind: what `usage` counts in `tokenCount` and in `unreportedTokens`; null for no limit.',
  })
  tokens!: number | null;

  @Field(() => Float, { nullable: true, description: 'Estimated cost in US dollars; null for no limit.' })
  costUsd!: number | null;
}

@ObjectType('AiAgentLimits', {
  description:
    'What an AI agent of an instance may ask of its model. Calls beyond it are answered with 429 in the form of its provider, and counted apart.',
})
export class AiAgentLimitsType {
  @Field(() => Int, {
    nullable: true,
    description: 'Model calls in a minute that begins with the first of them; null for no limit.',
  })
  requestsPerMinute!: number | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description:
      'Tokens in a minute that begins with the first of them, counted when a call has ended; null for no limit.',
  })
  tokensPerMinute!: number | null;

  @Field(() => Int, { nullable: true, description: 'Model calls under way at once; null for no limit.' })
  concurrentCalls!: number | null;

  @Field(() => AiAgentBudgetType, { description: 'Of each run.' })
  runBudget!: AiAgentBudgetType;

  @Field(() => AiAgentBudgetType, { description: 'Of each day, in UTC.' })
  dayBudget!: AiAgentBudgetType;
}

@InputType('AiAgentBudgetInput', { description: 'What may be spent. What is left out stays; null is without limit.' })
export class AiAgentBudgetInput {
  @Field(() => GraphQLSafeInt, { nullable: true, description: 'Tokens of every kind: 1 to 10^12.' })
  tokens?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Estimated cost in US dollars: 0.000001 to 1,000,000. Tokens of a model without a price count as dear as any that the server knows.',
  })
  costUsd?: number | null;
}

@InputType('SetAiAgentLimitsInput', {
  description: 'Limits of one AI agent on one instance. What is left out stays as it is; null is without limit.',
})
export class SetAiAgentLimitsInput {
  @Field(() => ID, { description: 'The instance.' })
  instanceId!: string;

  @Field(() => AiAgentEnum, { defaultValue: 'CLAUDE_CODE', description: 'Which AI agent.' })
  aiAgent!: AiAgent;

  @Field(() => Int, { nullable: true, description: 'Model calls in a minute: 1 to 1,000,000.' })
  requestsPerMinute?: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true, description: 'Tokens of every kind in a minute: 1 to 10^12.' })
  tokensPerMinute?: number | null;

  @Field(() => Int, { nullable: true, description: 'Model calls under way at once: 1 to 1,000.' })
  concurrentCalls?: number | null;

  @Field(() => AiAgentBudgetInput, { nullable: true, description: 'Of each run; null lifts both of its limits.' })
  runBudget?: AiAgentBudgetInput | null;

  @Field(() => AiAgentBudgetInput, {
    nullable: true,
    description: 'Of each day, in UTC, of all runs together; null lifts both of its limits.',
  })
  dayBudget?: AiAgentBudgetInput | null;
}

const NANO = 1e9;

const budgetType = (tokens: number | null, costNanoUsd: number | null): AiAgentBudgetType =>
  make(AiAgentBudgetType, { tokens, costUsd: costNanoUsd === null ? null : costNanoUsd / NANO });

export const limitsType = (limits: AiAgentLimits): AiAgentLimitsType =>
  make(AiAgentLimitsType, {
    requestsPerMinute: limits.requestsPerMinute,
    tokensPerMinute: limits.tokensPerMinute,
    concurrentCalls: limits.concurrentCalls,
    runBudget: budgetType(limits.runTokens, limits.runCostNanoUsd),
    dayBudget: budgetType(limits.dayTokens, limits.dayCostNanoUsd),
  });
