import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { make } from '../../kernel/make.js';
import { DateTime, JSONObject } from '../../kernel/scalars.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import type { AiAgentConfigurationEntity } from '../ai-agents/index.js';

/** As the API names them and as everything else does. */
export const ModelProviderEnum = { ANTHROPIC: 'anthropic', OPENAI: 'openai', GOOGLE: 'google' } as const;

registerEnumType(ModelProviderEnum, {
  name: 'ModelProvider',
  description: 'Whose protocol an AI agent speaks to its model.',
  valuesConfig: {
    ANTHROPIC: { description: 'Anthropic Messages.' },
    OPENAI: {
      description:
        'OpenAI: Codex CLI and OpenCode speak Responses and nothing else; Goose speaks Responses for models that reason ' +
        '(`o3`, `gpt-5` and the like) and Chat Completions for the others.',
    },
    GOOGLE: { description: 'Google Generative Language.' },
  },
});

@ObjectType('ConfigurationFile', { description: 'A file of an AI agent, as its CLI reads it. It holds no key.' })
export class ConfigurationFileType {
  @Field(() => String, { description: "Relative to the AI agent's folder." }) name!: string;
  @Field(() => String, { description: 'All of it.' }) content!: string;
}

@ObjectType('ConfigurationRevision', { description: "One saved state of an AI agent's configuration; never changed." })
export class ConfigurationRevisionType {
  @Field(() => Int, { description: 'Counted from 1 for each AI agent of an instance.' }) revision!: number;
  @Field(() => Boolean, { description: 'Whether the AI agent was removed; the other values are empty then.' })
  removed!: boolean;
  @Field(() => String, { nullable: true, description: "The model; null for the CLI's default." }) model!: string | null;
  @Field(() => ModelProviderEnum, { nullable: true, description: "The provider; null for the CLI's default." })
  provider!: ModelProvider | null;
  @Field(() => String, { nullable: true, description: "Where the provider's API is; null for the operator's choice." })
  baseUrl!: string | null;
  @Field(() => [String], { nullable: true, description: "Tools of runs that name none; null for the CLI's default." })
  allowedTools!: string[] | null;
  @Field(() => JSONObject, { description: "The CLI's own settings." }) settings!: object;
  @Field(() => DateTime, { description: 'When it was saved.' }) configuredAt!: Date;
  @Field(() => String, { nullable: true, description: 'The readable prefix of the API key that saved it.' })
  configuredBy!: string | null;
}

@InputType('ConfigureAiAgentInput', {
  description:
    'The configuration of one AI agent on one instance. What is left out stays as it is; what is null goes back to its default.',
})
export class ConfigureAiAgentInput {
  @Field(() => ID, { description: 'The instance.' })
  instanceId!: string;

  @Field(() => AiAgentEnum, { defaultValue: 'CLAUDE_CODE', description: 'Which AI agent.' })
  aiAgent!: AiAgent;

  @Field(() => String, {
    nullable: true,
    description: "The provider's API key, 8 to 512 printable ASCII characters; left out, the present key stays.",
  })
  apiKey?: string | null;

  @Field(() => String, { nullable: true, description: "The model; null for the CLI's default." })
  model?: string | null;

  @Field(() => ModelProviderEnum, {
    nullable: true,
    description:
      'OpenCode and Goose take any; the others have one. Another provider takes its apiKey, and drops the model and base URL of the one before.',
  })
  provider?: ModelProvider | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Where the provider's API is, without its own paths such as /v1: https, or http to a host on the operator's MODEL_NETWORKS. What is there has to speak the CLI's protocol: " +
      'with OPENAI that is Responses for Codex CLI and OpenCode, see ModelProvider. Another base URL takes its apiKey with it. ' +
      "Null for the operator's choice.",
  })
  baseUrl?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'For runs that name none: 1 to 64 of `Read`, `Bash(kubectl get:*)`. Claude Code alone can be kept to a list.',
  })
  allowedTools?: string[] | null;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      "All of the CLI's own settings, in its own names; those that are not known are refused. They take the place of the ones before.",
  })
  settings?: object | null;
}

export const revisionType = (row: AiAgentConfigurationEntity): ConfigurationRevisionType =>
  make(ConfigurationRevisionType, {
    revision: row.revision,
    removed: row.removed,
    model: row.model,
    provider: row.provider,
    baseUrl: row.baseUrl,
    allowedTools: row.allowedTools,
    settings: row.settings,
    configuredAt: row.createdAt,
    configuredBy: row.configuredBy,
  });
