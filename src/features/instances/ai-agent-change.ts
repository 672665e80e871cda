import type { ConnectPolicy } from '../../kernel/connect-policy.js';
import { badUserInput } from '../../kernel/errors.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import { adapterOf, bindingOf, checkedBaseUrl, checkedTools } from '../ai-agents/index.js';
import type { AiAgentConfigurationEntity } from '../ai-agents/index.js';
import { checkKeyFormat } from '../credentials/index.js';
import { modelName } from './instance-input.js';

type Optional<T> = T | null | undefined;

/** What is left out stays as it is; what is null goes back to its default. */
export interface ConfigureAiAgent {
  readonly instanceId: string;
  readonly aiAgent: AiAgent;
  /** Null is as left out: the present key stays. */
  readonly apiKey?: Optional<string>;
  readonly model?: Optional<string>;
  readonly provider?: Optional<ModelProvider>;
  readonly baseUrl?: Optional<string>;
  readonly allowedTools?: Optional<readonly string[]>;
  readonly settings?: Optional<object>;
}

export type ConfiguredValues = Pick<
  AiAgentConfigurationEntity,
  'model' | 'provider' | 'baseUrl' | 'allowedTools' | 'settings'
>;

/** A checked input; a value that was left out is undefined. */
export type AiAgentChange = { readonly [Name in keyof ConfiguredValues]: ConfiguredValues[Name] | undefined } & {
  readonly aiAgent: AiAgent;
  readonly apiKey: string | undefined;
};

/** Null and undefined stand for themselves. */
const checked = <T extends string | readonly string[], R>(
  value: Optional<T>,
  check: (given: T) => R,
): R | null | undefined => (value === null || value === undefined ? value : check(value));

/** Throws BAD_USER_INPUT, naming the field, for the first rule that is broken. */
export async function checkAiAgentChange(input: ConfigureAiAgent, policy: ConnectPolicy): Promise<AiAgentChange> {
  const { aiAgent } = input;
  const adapter = adapterOf(aiAgent);
  const apiKey = input.apiKey ?? undefined;
  if (apiKey !== undefined) checkKeyFormat('input.apiKey', apiKey);
  return {
    aiAgent,
    apiKey,
    model: checked(input.model, (model) => modelName('input.model', model)),
    provider: checked(input.provider, (provider) => {
      if (adapter.providers.some((each) => each.provider === provider)) return provider;
      const names = adapter.providers.map((each) => each.provider.toUpperCase()).join(', ');
      throw badUserInput('input.provider', `${aiAgent} takes ${names}.`);
    }),
    baseUrl: await checked(input.baseUrl, (text) => checkedBaseUrl('input.baseUrl', text, policy)),
    allowedTools: checked(input.allowedTools, (tools) => checkedTools('input.allowedTools', aiAgent, tools)),
    settings: input.settings === undefined ? undefined : adapter.parseSettings('input.settings', input.settings ?? {}),
  };
}

const NOTHING: ConfiguredValues = { model: null, provider: null, baseUrl: null, allowedTools: null, settings: {} };

/**
 * The values after the change. Model and base URL of another provider are not kept. A key is never sent anywhere but where it
 * was given for: another provider or base URL takes the key again, or who may configure could have it sent to himself.
 */
export function changedValues(change: AiAgentChange, before: ConfiguredValues = NOTHING): ConfiguredValues {
  const adapter = adapterOf(change.aiAgent);
  const provider = change.provider === undefined ? before.provider : change.provider;
  const isOther = bindingOf(adapter, provider) !== bindingOf(adapter, before.provider);
  const kept = isOther ? { ...before, model: null, baseUrl: null } : before;
  const after = {
    provider,
    model: change.model === undefined ? kept.model : change.model,
    baseUrl: change.baseUrl === undefined ? kept.baseUrl : change.baseUrl,
    allowedTools: change.allowedTools === undefined ? kept.allowedTools : change.allowedTools,
    settings: change.settings ?? kept.settings,
  };
  if (change.apiKey === undefined && (isOther || after.baseUrl !== before.baseUrl)) {
    throw badUserInput('input.apiKey', 'Another provider or base URL takes its API key with it: give one.');
  }
  return after;
}
