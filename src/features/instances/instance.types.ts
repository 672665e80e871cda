import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { AiAgentEnum } from '../../kernel/ai-agent-enum.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { enumOf } from '../../kernel/enum-of.js';
import type { InstanceId } from '../../kernel/ids.js';
import { make } from '../../kernel/make.js';
import { PageType } from '../../kernel/page-type.js';
import { DateTime, JSONObject } from '../../kernel/scalars.js';
import { PROVIDER_FEATURE_NAMES, PROVIDER_FEATURES } from '../../kernel/provider-features.js';
import type { ProviderFeature } from '../../kernel/provider-features.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import { adapterOf, bindingOf } from '../ai-agents/index.js';
import type { AiAgentConfigurationEntity } from '../ai-agents/index.js';
import { CREDENTIAL_STATES } from '../credentials/index.js';
import type { CredentialState } from '../credentials/index.js';
import { ModelProviderEnum } from './configuration.types.js';
import { INSTANCE_STATES, KEY_DELIVERIES } from './instance.entity.js';
import type { InstanceState, KeyDelivery } from './instance.entity.js';
import type { InstanceAiAgentView, InstanceView } from './instance.views.js';

const InstanceStateEnum = enumOf(INSTANCE_STATES);
export const KeyDeliveryEnum = enumOf(KEY_DELIVERIES);
const ProviderFeatureEnum = enumOf(PROVIDER_FEATURE_NAMES);
export const CredentialStateEnum = enumOf(CREDENTIAL_STATES);

registerEnumType(InstanceStateEnum, {
  name: 'InstanceState',
  description: 'Whether an instance takes runs.',
  valuesConfig: {
    STOPPED: { description: 'Takes no runs; what is configured is pinned by the next start.' },
    RUNNING: { description: 'Takes runs, each with what the start pinned.' },
  },
});
registerEnumType(KeyDeliveryEnum, {
  name: 'KeyDelivery',
  description: "How an agent comes by the provider's key.",
  valuesConfig: {
    ENVIRONMENT: { description: "The key stands in the agent's environment, where the agent can read it." },
    BROKERED: {
      description:
        'The agent holds a token that is good for its run at the gateway alone; the gateway puts the key in its place.',
    },
  },
});
registerEnumType(ProviderFeatureEnum, {
  name: 'ProviderFeature',
  description:
    "What an AI agent's provider can do for it beyond answering, on its own side, outside of a run's confinement.",
  valuesConfig: Object.fromEntries(
    Object.entries(PROVIDER_FEATURES).map(([feature, description]) => [feature, { description }]),
  ),
});
registerEnumType(CredentialStateEnum, {
  name: 'CredentialState',
  description: 'What a version of an API key is good for.',
  valuesConfig: {
    ACTIVE: { description: 'The next start pins it.' },
    ROTATED: { description: 'Replaced; serves only what has pinned it.' },
    REVOKED: { description: 'Serves nothing any more.' },
  },
});

@ObjectType('InstanceAiAgent', {
  description: 'An AI agent as it stands on an instance. The key itself is never shown.',
})
export class InstanceAiAgentType {
  /** For what is read only when it is selected. */
  instanceId!: InstanceId;
  configuration!: AiAgentConfigurationEntity | undefined;

  @Field(() => AiAgentEnum, { description: 'Which AI agent.' })
  aiAgent!: AiAgent;

  @Field(() => Boolean, { description: 'Whether it has a configuration and an active key.' })
  configured!: boolean;

  @Field(() => String, { nullable: true, description: "The configured model; null for the CLI's default." })
  model!: string | null;

  @Field(() => ModelProviderEnum, { description: 'The configured provider, or the default one of the CLI.' })
  provider!: ModelProvider;

  @Field(() => String, { nullable: true, description: "Where the provider's API is; null for the operator's choice." })
  baseUrl!: string | null;

  @Field(() => [String], {
    nullable: true,
    description: "The tools of runs that name none; null for the CLI's default.",
  })
  allowedTools!: string[] | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'What of its own settings is set; null when not configured.',
  })
  settings!: object | null;

  @Field(() => Int, { nullable: true, description: 'Revision of the configuration, counted from 1.' })
  configurationRevision!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When this revision was configured.' })
  configuredAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'The readable prefix of the API key that configured it.' })
  configuredBy!: string | null;

  @Field(() => Int, { nullable: true, description: 'Version of the newest key, counted from 1.' })
  credentialVersion!: number | null;

  @Field(() => CredentialStateEnum, { nullable: true, description: "That key's state: REVOKED, it needs a new one." })
  credentialState!: CredentialState | null;

  @Field(() => String, { nullable: true, description: 'Equal for equal keys of the tenant; tells nothing of the key.' })
  keyFingerprint!: string | null;

  @Field(() => String, { nullable: true, description: "The key's last four characters; null for keys under 16." })
  keyLastFour!: string | null;

  @Field(() => Int, { nullable: true, description: 'Revision that runs use until the instance is stopped.' })
  pinnedConfigurationRevision!: number | null;

  @Field(() => Int, { nullable: true, description: 'Version of the key that runs use until the instance is stopped.' })
  pinnedCredentialVersion!: number | null;
}

@ObjectType('Instance', { description: 'An isolated set of AI-agent configurations and credentials.' })
export class InstanceType {
  /** For the fields that are resolved apart. */
  view!: InstanceView;

  @Field(() => ID, { description: 'UUID v4.' })
  id!: string;

  @Field(() => String, { description: "Unique among the tenant's instances." })
  name!: string;

  @Field(() => InstanceStateEnum, { description: 'Whether it takes runs.' })
  state!: InstanceState;

  @Field(() => DateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was started; null while it is stopped.' })
  startedAt!: Date | null;

  @Field(() => [String], {
    description: 'Hosts that its runs may reach beside their cluster: `host:port` or `*.domain:port`. Empty: none.',
  })
  egress!: string[];

  @Field(() => KeyDeliveryEnum, { description: "How its agents come by the provider's key." })
  keyDelivery!: KeyDelivery;

  @Field(() => [ProviderFeatureEnum], {
    description: "What its agents' providers may do for them beyond answering. Empty: nothing.",
  })
  providerFeatures!: ProviderFeature[];

  @Field(() => [InstanceAiAgentType], { description: 'Every AI agent, configured or not.' })
  aiAgents!: InstanceAiAgentType[];
}

@ObjectType('InstancePage', { description: "A part of the tenant's instances, newest first.", simpleResolvers: true })
export class InstancePageType extends PageType {
  @Field(() => [InstanceType], { description: 'The instances of this page.' })
  items!: InstanceType[];
}

@InputType('InstanceFilter', { description: 'Which instances a list holds; all conditions must be met.' })
export class InstanceFilterInput {
  @Field(() => String, { nullable: true, description: 'Only the instance of exactly this name.' })
  name?: string | null;

  @Field(() => InstanceStateEnum, { nullable: true, description: 'Only instances that stand so.' })
  state?: InstanceState | null;
}

@InputType('CreateInstanceInput', { description: 'A new instance.' })
export class CreateInstanceInput {
  @Field(() => String, { description: '1 to 100 characters, unique among the instances of the tenant.' })
  name!: string;
}

@InputType('UpdateInstanceInput', { description: 'What changes on an instance; what is left out stays.' })
export class UpdateInstanceInput {
  @Field(() => ID, { description: 'The instance.' })
  instanceId!: string;

  @Field(() => String, {
    nullable: true,
    description: '1 to 100 characters, unique among the instances of the tenant.',
  })
  name?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'The whole list: at most 64 of `host`, `host:port`, `*.domain`, `*.domain:port`; port 443 where none is given. It holds for runs that are asked for from now on.',
  })
  egress?: string[] | null;

  @Field(() => KeyDeliveryEnum, {
    nullable: true,
    description: "How agents come by the provider's key, in runs that are asked for from now on.",
  })
  keyDelivery?: KeyDelivery | null;

  @Field(() => [ProviderFeatureEnum], {
    nullable: true,
    description:
      "The whole list of what its agents' providers may do for them beyond answering. It holds for the next model call, also of runs under way.",
  })
  providerFeatures?: ProviderFeature[] | null;
}

export function aiAgentType(view: InstanceAiAgentView): InstanceAiAgentType {
  const { instanceId, aiAgent, configuration, credential, newestCredential, pin } = view;
  return make(InstanceAiAgentType, {
    instanceId,
    configuration,
    aiAgent,
    configured: configuration !== undefined && credential !== undefined,
    model: configuration?.model ?? null,
    provider: bindingOf(adapterOf(aiAgent), configuration?.provider ?? null).provider,
    baseUrl: configuration?.baseUrl ?? null,
    allowedTools: configuration?.allowedTools ?? null,
    settings: configuration?.settings ?? null,
    configurationRevision: configuration?.revision ?? null,
    configuredAt: configuration?.createdAt ?? null,
    configuredBy: configuration?.configuredBy ?? null,
    credentialVersion: newestCredential?.version ?? null,
    credentialState: newestCredential?.state ?? null,
    keyFingerprint: newestCredential?.fingerprint ?? null,
    keyLastFour: newestCredential?.lastFour ?? null,
    pinnedConfigurationRevision: pin?.configurationRevision ?? null,
    pinnedCredentialVersion: pin?.credentialVersion ?? null,
  });
}

export function instanceType(view: InstanceView): InstanceType {
  const { instance, aiAgents } = view;
  return make(InstanceType, {
    view,
    id: instance.id,
    name: instance.name,
    state: instance.state,
    createdAt: instance.createdAt,
    startedAt: instance.startedAt,
    egress: instance.egress,
    keyDelivery: instance.keyDelivery,
    providerFeatures: instance.providerFeatures,
    aiAgents: aiAgents.map(aiAgentType),
  });
}
