import { GraphQLDate, GraphQLSafeInt } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { enumOf } from '../../kernel/enum-of.js';
import { make } from '../../kernel/make.js';
import { PageType } from '../../kernel/page-type.js';
import { DateTime } from '../../kernel/scalars.js';
import { tokenCount } from '../../kernel/token-figures.js';
import { MODEL_CALL_ERRORS, type ModelCallError } from './model-call.js';
import type { UnknownModelCall } from './unknown-calls.service.js';
import { usdOf } from './usd.js';
import type { UsageDimension, UsageRow } from './usage.service.js';
import type { ShownFigures } from './usage-sums.js';

const ERRORS = Object.keys(MODEL_CALL_ERRORS) as ModelCallError[];

export const ModelCallErrorEnum = enumOf<ModelCallError>(ERRORS);
export const UsageDimensionEnum = enumOf<UsageDimension>(['DAY', 'AI_AGENT', 'MODEL']);

registerEnumType(ModelCallErrorEnum, {
  name: 'ModelCallErrorClass',
  description: 'Why a model call counts as an error.',
  valuesConfig: Object.fromEntries(ERRORS.map((error) => [error, { description: MODEL_CALL_ERRORS[error] }])),
});
registerEnumType(UsageDimensionEnum, {
  name: 'UsageDimension',
  description: 'What usage is told apart by.',
  valuesConfig: {
    DAY: { description: 'The day (UTC) on which calls began.' },
    AI_AGENT: { description: 'The AI agent that made them.' },
    MODEL: { description: 'The model that answered.' },
  },
});

@ObjectType('ModelCallErrorCount', { description: 'How many model calls counted as an error of one class.' })
export class ModelCallErrorCountType {
  @Field(() => ModelCallErrorEnum, { description: 'The class.' }) error!: ModelCallError;
  @Field(() => GraphQLSafeInt, { description: 'How many.' }) count!: number;
}

/** No token is in two figures. */
@ObjectType({ simpleResolvers: true })
export abstract class UsageFiguresType {
  @Field(() => GraphQLSafeInt, { description: 'Model calls whose end is known, failed ones included.' })
  requestCount!: number;

  @Field(() => GraphQLSafeInt, {
    description: 'Requests that the provider refused, failed or cut, or that the gateway refused.',
  })
  errorCount!: number;

  @Field(() => [ModelCallErrorCountType], {
    description: 'Errors by class, classes without any left out. Errors before there were classes are in none.',
  })
  errors!: ModelCallErrorCountType[];

  @Field(() => GraphQLSafeInt, {
    description: 'Requests whose answer was cut, by either side: their tokens are what was known by then.',
  })
  partialCount!: number;

  @Field(() => GraphQLSafeInt, { description: 'Calls that a limit of the AI agent refused: they are no requests.' })
  limitedCount!: number;

  @Field(() => GraphQLSafeInt, {
    description:
      'Calls that were under way when their server was killed: nobody knows what became of them, and they are no requests. `unknownModelCalls` lists them.',
  })
  unknownCount!: number;

  @Field(() => GraphQLSafeInt, { description: 'All tokens: the sum of the five figures below.' })
  tokenCount!: number;

  @Field(() => GraphQLSafeInt, { description: 'Input tokens that were neither read from nor written to the cache.' })
  inputTokens!: number;

  @Field(() => GraphQLSafeInt, { description: 'Tokens that the model wrote, but for those below.' })
  outputTokens!: number;

  @Field(() => GraphQLSafeInt, { description: "Input tokens read from the provider's prompt cache." })
  cacheReadTokens!: number;

  @Field(() => GraphQLSafeInt, { description: "Input tokens written to the provider's prompt cache." })
  cacheWriteTokens!: number;

  @Field(() => GraphQLSafeInt, { description: 'Tokens that the model reasoned, where its provider tells them apart.' })
  reasoningTokens!: number;

  @Field(() => String, {
    nullable: true,
    description:
      "What the tokens cost in USD by the operator's prices, as an exact decimal: `0.0123`. Without the unpriced tokens; null when there is no other.",
  })
  estimatedCost!: string | null;

  @Field(() => GraphQLSafeInt, { description: 'Tokens whose model has no price: they are not in the cost.' })
  unpricedTokens!: number;

  @Field(() => GraphQLSafeInt, {
    description:
      'Tokens that answers without a full report are taken to have spent beyond it, by their size and time: they were cut, never began in time, or their provider reported none. Counted towards budgets and tokens per minute, at the dearest price; in no other figure here, and no word of the provider.',
  })
  unreportedTokens!: number;
}

@ObjectType('Usage', { description: "A sum of an instance's model calls.", simpleResolvers: true })
export class UsageType extends UsageFiguresType {
  @Field(() => GraphQLDate, { nullable: true, description: 'The day in UTC; null unless told apart.' })
  day!: string | null;

  @Field(() => AiAgentEnum, { nullable: true, description: 'The AI agent; null unless told apart.' })
  aiAgent!: AiAgent | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The model in its provider's words; `other` for those beyond 32 in a day, and for names that are none. Null unless told apart, and for calls that no model answered.",
  })
  model!: string | null;
}

@ObjectType('UnknownModelCall', {
  description: 'A model call that was under way when its server was killed: nobody knows what became of it.',
})
export class UnknownModelCallType {
  @Field(() => ID, { description: 'UUID v4.' }) id!: string;
  @Field(() => ID, { description: 'The instance that made it.' }) instanceId!: string;
  @Field(() => AiAgentEnum, { description: 'The AI agent that made it.' }) aiAgent!: AiAgent;
  @Field(() => ID, { nullable: true, description: 'The run that made it; null for a call of `runAgent`.' })
  runId!: string | null;
  @Field(() => DateTime, { description: 'When it was to be sent.' }) startedAt!: Date;
}

@InputType('UnknownModelCallFilter', { description: 'Which unknown model calls.' })
export class UnknownModelCallFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only of this instance, deleted or not.' })
  instanceId?: string | null;
}

@ObjectType('UnknownModelCallPage', { description: 'Unknown model calls, newest first.', simpleResolvers: true })
export class UnknownModelCallPageType extends PageType {
  @Field(() => [UnknownModelCallType], { description: 'The calls of this page.' }) items!: UnknownModelCallType[];
}

/** What the schema shows of sums. */
export function usageFigures(figures: ShownFigures): { [Figure in keyof UsageFiguresType]: UsageFiguresType[Figure] } {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = figures;
  const tokens = { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens };
  const { requestCount, errorCount, partialCount, limitedCount, unknownCount, costNanoUsd } = figures;
  const { unpricedTokens, unreportedTokens } = figures;
  return {
    ...{ requestCount, errorCount, partialCount, limitedCount, unknownCount },
    ...{ ...tokens, unpricedTokens, unreportedTokens },
    tokenCount: tokenCount(tokens),
    errors: ERRORS.map((error) => make(ModelCallErrorCountType, { error, count: figures[`errors${error}`] })).filter(
      ({ count }) => count > 0,
    ),
    estimatedCost: costNanoUsd === '0' && unpricedTokens > 0 ? null : usdOf(costNanoUsd),
  };
}

export const usageType = ({ figures, ...dimensions }: UsageRow): UsageType =>
  Object.assign(new UsageType(), dimensions, usageFigures(figures));

export const unknownModelCallType = ({ createdAt, ...call }: UnknownModelCall): UnknownModelCallType =>
  make(UnknownModelCallType, { ...call, startedAt: createdAt });
