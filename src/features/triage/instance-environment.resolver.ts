import { Arg, Field, FieldResolver, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { enumOf } from '../../kernel/enum-of.js';
import { make } from '../../kernel/make.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import type { ConfigurationHistory } from '../ai-agents/index.js';
import { InstanceType } from '../instances/index.js';
import type { InstanceAiAgentView, InstanceEntity } from '../instances/index.js';
import type { RunBriefing } from './run-briefing.js';
import { VARIABLE_SOURCES } from './run-environment.js';
import type { VariableSource } from './run-environment.js';

const VariableSourceEnum = enumOf(VARIABLE_SOURCES);
registerEnumType(VariableSourceEnum, {
  name: 'VariableSource',
  description: "Where a variable of an AI agent's environment comes from.",
  valuesConfig: {
    SYSTEM: { description: 'The server and the container.' },
    CONFIGURATION: { description: 'What is configured for the AI agent.' },
    CREDENTIAL: { description: 'Its sealed key.' },
    RUN: { description: 'The input of each run.' },
  },
});

@ObjectType('EnvironmentVariable', { description: "A variable of an AI agent's environment. Values are never shown." })
export class EnvironmentVariableType {
  @Field(() => String, { description: 'Its name.' }) name!: string;
  @Field(() => Boolean, { description: 'Whether its value is a secret.' }) secret!: boolean;
  @Field(() => VariableSourceEnum, { description: 'Where it comes from.' }) source!: VariableSource;
}

@Resolver(() => InstanceType)
export class InstanceEnvironmentResolver {
  constructor(private readonly deps: { readonly briefing: RunBriefing; readonly history: ConfigurationHistory }) {}

  @FieldResolver(() => [EnvironmentVariableType], {
    description:
      'What a run of this AI agent finds in its environment: as pinned while the instance runs, as configured while it is stopped. Empty when it is neither. A run with a system prompt also finds SYSTEM_PROMPT_FILE.',
  })
  async environment(
    @Root() { view: { instance, aiAgents } }: InstanceType,
    @Arg('aiAgent', () => AiAgentEnum, { defaultValue: 'CLAUDE_CODE', description: 'Which AI agent.' })
    aiAgent: AiAgent,
  ): Promise<EnvironmentVariableType[]> {
    const provider = await this.#provider(
      instance,
      aiAgents.find((each) => each.aiAgent === aiAgent)!,
    );
    if (provider === undefined) return [];
    const variables = this.deps.briefing.environmentOf(instance, aiAgent, provider);
    return variables.map(({ name, secret, source }) => make(EnvironmentVariableType, { name, secret, source }));
  }

  /** Of the revision that runs use, or would use; undefined when there is none. */
  async #provider(
    { tenantId, state }: InstanceEntity,
    { instanceId, aiAgent, configuration, pin }: InstanceAiAgentView,
  ): Promise<ModelProvider | null | undefined> {
    const revision = state === 'RUNNING' ? pin?.configurationRevision : configuration?.revision;
    if (revision === undefined || revision === configuration?.revision) return configuration?.provider;
    return (await this.deps.history.revision({ tenantId, instanceId, aiAgent }, revision))?.provider;
  }
}
