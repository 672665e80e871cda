import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { make } from '../../kernel/make.js';
import type { ModelUpstreamKind } from '../../kernel/model-upstream-enum.js';
import type { ConnectionTestService } from './connection-test.service.js';
import { ConnectionTestType, TestAiAgentConnectionInput } from './connection-test.types.js';

@Resolver()
export class ConnectionTestResolver {
  constructor(private readonly deps: { readonly connectionTests: ConnectionTestService }) {}

  @Auth('ADMIN')
  @Mutation(() => ConnectionTestType, {
    description:
      "Tests an AI agent's connection: makes the smallest real call of its provider with the active key and the configured " +
      'model, once and within 10 s. A running instance goes on with what its start pinned, which may be another key. The ' +
      "call is the key's, but counts in no usage. A tenant can have two tests under way. Each one costs a point of the quota.",
  })
  async testAiAgentConnection(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => TestAiAgentConnectionInput, { description: 'Which one.' }) input: TestAiAgentConnectionInput,
  ): Promise<ConnectionTestType> {
    const { connectionTests } = this.deps;
    const test = await connectionTests.test(actor, input);
    const { latencyMs, model } = test.provider;
    return make(ConnectionTestType, {
      ...test,
      latencyMs,
      model,
      upstream: connectionTests.upstream.toUpperCase() as ModelUpstreamKind,
    });
  }
}
