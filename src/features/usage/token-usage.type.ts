import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';

@ObjectType('TokenUsage', {
  description: 'Tokens of model calls; no token is in two figures.',
  simpleResolvers: true,
})
export class TokenUsageType {
  @Field(() => GraphQLSafeInt, { description: 'Input tokens that were neither read from nor written to the cache.' })
  inputTokens!: number;

  @Field(() => GraphQLSafeInt, { description: 'Tokens that the model wrote, without what it reasoned.' })
  outputTokens!: number;

  @Field(() => GraphQLSafeInt, { description: "Input tokens read from the provider's prompt cache." })
  cacheReadTokens!: number;

  @Field(() => GraphQLSafeInt, { description: "Input tokens written to the provider's prompt cache." })
  cacheWriteTokens!: number;

  @Field(() => GraphQLSafeInt, {
    description: 'Tokens that the model reasoned, where they are told apart from what it wrote.',
  })
  reasoningTokens!: number;
}
