import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { Auth } from '../../kernel/auth.js';
import type { GraphQLContext } from '../../kernel/graphql-context.js';
import { make } from '../../kernel/make.js';
import { OffsetArgs } from '../../kernel/page-type.js';
import { adapterOf } from '../ai-agents/index.js';
import type { AiAgentsService } from './ai-agents.service.js';
import {
  ConfigurationFileType,
  ConfigurationRevisionType,
  ConfigureAiAgentInput,
  revisionType,
} from './configuration.types.js';
import { aiAgentType, InstanceAiAgentType, instanceType, InstanceType } from './instance.types.js';

@Resolver(() => InstanceAiAgentType)
export class InstanceAiAgentResolver {
  constructor(private readonly deps: { readonly aiAgents: AiAgentsService }) {}

  @FieldResolver(() => [ConfigurationFileType], {
    description: 'What is in its folder: the file that the specification names, and the one that the CLI reads.',
  })
  files(@Root() { aiAgent, configuration }: InstanceAiAgentType): ConfigurationFileType[] {
    if (!configuration) return [];
    return adapterOf(aiAgent)
      .render(configuration)
      .map((file) => make(ConfigurationFileType, file));
  }

  @FieldResolver(() => [ConfigurationRevisionType], {
    description: 'Every saved state, newest first. Without a cursor: they are few, and none is changed or deleted.',
  })
  async revisions(
    @Ctx() { actor }: GraphQLContext,
    @Root() { instanceId, aiAgent }: InstanceAiAgentType,
    @Args(() => OffsetArgs) page: OffsetArgs,
  ): Promise<ConfigurationRevisionType[]> {
    const place = { tenantId: actor.tenantId, instanceId, aiAgent };
    return (await this.deps.aiAgents.revisions(place, page)).map(revisionType);
  }

  @Auth('ADMIN')
  @Mutation(() => InstanceAiAgentType, {
    description: 'Configures an AI agent. A running instance goes on with what its start pinned until it is restarted.',
  })
  async configureAiAgent(
    @Ctx() { actor }: GraphQLContext,
    @Arg('input', () => ConfigureAiAgentInput, { description: 'The configuration.' }) input: ConfigureAiAgentInput,
  ): Promise<InstanceAiAgentType> {
    return aiAgentType(await this.deps.aiAgents.configure(actor, input));
  }

  @Auth('ADMIN')
  @Mutation(() => InstanceType, {
    description:
      'Takes an AI agent from an instance: its files go, its key serves only what has pinned it. A running instance goes on with it until it is restarted.',
  })
  async removeAiAgent(
    @Ctx() { actor }: GraphQLContext,
    @Arg('instanceId', () => ID, { description: 'The instance.' }) instanceId: string,
    @Arg('aiAgent', () => AiAgentEnum, { description: 'Which AI agent.' }) aiAgent: AiAgent,
  ): Promise<InstanceType> {
    return instanceType(await this.deps.aiAgents.remove(actor, instanceId, aiAgent));
  }
}
