import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { enumOf } from '../../kernel/enum-of.js';
import { ModelUpstreamKindEnum, type ModelUpstreamKind } from '../../kernel/model-upstream-enum.js';
import { FAILURE_CLASS_NAMES, FAILURE_CLASSES } from './connection-failure.js';
import type { FailureClass } from './connection-failure.js';

const FailureClassEnum = enumOf(FAILURE_CLASS_NAMES);
registerEnumType(FailureClassEnum, {
  name: 'ConnectionFailureClass',
  description: 'Why a connection test failed.',
  valuesConfig: Object.fromEntries(
    Object.entries(FAILURE_CLASSES).map(([name, description]) => [name, { description }]),
  ),
});

@ObjectType('ConnectionFailure', { description: 'Why a connection test failed.', simpleResolvers: true })
export class ConnectionFailureType {
  @Field(() => FailureClassEnum, { description: 'What kind of failure it is.' })
  class!: FailureClass;

  @Field(() => String, { description: 'What is wrong and what to do.' })
  message!: string;

  @Field(() => String, {
    nullable: true,
    description: "The provider's own words, at most 500 characters, keys masked; null when it had none.",
  })
  providerMessage!: string | null;
}

@ObjectType('ProviderAnswer', { description: 'What came of one smallest call of the provider.', simpleResolvers: true })
export class ProviderAnswerType {
  @Field(() => Boolean, { description: 'Whether it answered with the model.' })
  ok!: boolean;

  @Field(() => Int, { description: 'Until the answer was there or was given up, in milliseconds; at most 10 s.' })
  latencyMs!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The model that answered, as the provider names it; null when it does not, or did not answer.',
  })
  model!: string | null;

  @Field(() => ConnectionFailureType, { nullable: true, description: 'Why it did not answer; null when it did.' })
  failure!: ConnectionFailureType | null;
}

@ObjectType('ConnectionTest', { description: "What a test of an AI agent's connection found.", simpleResolvers: true })
export class ConnectionTestType {
  @Field(() => AiAgentEnum, { description: 'Which AI agent was tested.' })
  aiAgent!: AiAgent;

  @Field(() => Boolean, {
    description:
      'Of Claude Code, Codex CLI and Gemini CLI: whether the provider answered. Of OpenCode and Goose: whether the ' +
      'configuration files exist, are in the format of the CLI and hold what was configured; see `provider` for the rest.',
  })
  ok!: boolean;

  @Field(() => ConnectionFailureType, { nullable: true, description: 'Why it is not ok; null when it is.' })
  failure!: ConnectionFailureType | null;

  @Field(() => Int, { description: 'As in `provider`.' })
  latencyMs!: number;

  @Field(() => String, { nullable: true, description: 'As in `provider`.' })
  model!: string | null;

  @Field(() => ProviderAnswerType, { description: 'What the provider answered.' })
  provider!: ProviderAnswerType;

  @Field(() => ModelUpstreamKindEnum, { description: 'Who answered: with `MOCK`, no provider was asked.' })
  upstream!: ModelUpstreamKind;
}

@InputType('TestAiAgentConnectionInput', { description: 'Which connection to test.' })
export class TestAiAgentConnectionInput {
  @Field(() => ID, { description: 'The instance, running or stopped.' })
  instanceId!: string;

  @Field(() => AiAgentEnum, { defaultValue: 'CLAUDE_CODE', description: 'Which AI agent.' })
  aiAgent!: AiAgent;
}
