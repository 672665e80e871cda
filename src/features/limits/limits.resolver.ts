import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { aiAgentType, InstanceAiAgentType } from '../instances/index.js';
import type { LimitsService } from './limits.service.js';
import { AiAgentLimitsType, limitsType, SetAiAgentLimitsInput } from './limits.types.js';

@Resolver(() => InstanceAiAgentType)
export class LimitsResolver {
  constructor(private readonly deps: { readonly limits: LimitsService }) {}

  @FieldResolver(() => AiAgentLimitsType, {
    description: 'What it may ask of its model. Stays when the AI agent is removed, and holds for runs that go on.',
  })
  async limits(
    @Ctx() { actor }: GraphQLContext,
    @Root() { instanceId, aiAgent }: InstanceAiAgentType,
  ): Promise<AiAgentLimitsType> {
    return limitsType(await this.deps.limits.of({ tenantId: actor.tenantId, instanceId, aiAgent }));
  }

  @Auth('ADMIN')
  @Mutation(() => InstanceAiAgentType, {
    description:
      'Limits what an AI agent may ask of its model, over all runs of the instance and all servers. Holds from the next model call, also of runs under way.',
  })
  async setAiAgentLimits(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => SetAiAgentLimitsInput, { description: 'The limits.' }) input: SetAiAgentLimitsInput,
  ): Promise<InstanceAiAgentType> {
    return aiAgentType(await this.deps.limits.set(actor, input));
  }
}
