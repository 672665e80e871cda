import type { AiAgent, ConfigureAiAgentInput, ModelProvider } from '../../../../sdk/src/generated/graphql.js';
import { keyFault } from './key-form.js';

export interface ConfigurationForm {
  readonly apiKey: string;
  readonly model: string;
  readonly provider: ModelProvider;
  readonly baseUrl: string;
  /** One a line. */
  readonly allowedTools: string;
  /** A JSON object as text; empty: none. */
  readonly settings: string;
}

/** An AI agent as it stands. */
export interface Configuration {
  readonly aiAgent: AiAgent;
  readonly configured: boolean;
  readonly model?: string | null | undefined;
  readonly provider: ModelProvider;
  readonly baseUrl?: string | null | undefined;
  readonly allowedTools?: readonly string[] | null | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | null | undefined;
}

const hasEntries = (settings: Configuration['settings']): boolean => Object.keys(settings ?? {}).length > 0;

export const formOfConfiguration = (present: Configuration): ConfigurationForm => ({
  apiKey: '',
  model: present.model ?? '',
  provider: present.provider,
  baseUrl: present.baseUrl ?? '',
  allowedTools: present.allowedTools?.join('\n') ?? '',
  settings: hasEntries(present.settings) ? JSON.stringify(present.settings, undefined, 2) : '',
});

export const takesAnyProvider = (aiAgent: AiAgent): boolean => aiAgent === 'OPENCODE' || aiAgent === 'GOOSE';
export const takesAllowedTools = (aiAgent: AiAgent): boolean => aiAgent === 'CLAUDE_CODE';

function settingsOf(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A key goes to the place that it was given for: another provider or address takes its own. */
const wantsKey = (form: ConfigurationForm, present: Configuration): boolean =>
  !present.configured || form.provider !== present.provider || form.baseUrl.trim() !== (present.baseUrl ?? '');

export function configurationFormErrors(
  form: ConfigurationForm,
  present: Configuration,
): Partial<Record<keyof ConfigurationForm, string>> {
  const missing = wantsKey(form, present)
    ? present.configured
      ? 'Another provider or base URL takes its API key with it.'
      : "Give the provider's API key."
    : undefined;
  const faults = {
    apiKey: form.apiKey === '' ? missing : keyFault(form.apiKey),
    settings: settingsOf(form.settings) ? undefined : 'Settings are a JSON object: { … }.',
  };
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault !== undefined));
}

/**
 * What was changed; null where a default is to come back. The server drops model and base URL with the provider that they
 * were given for, so with another one they are sent as they are shown.
 */
export function configurationInputOf(
  instanceId: string,
  form: ConfigurationForm,
  present: Configuration,
): ConfigureAiAgentInput {
  const before = formOfConfiguration(present);
  const isOther = form.provider !== present.provider;
  const changed = <T>(name: keyof ConfigurationForm, value: (text: string) => T): T | null | undefined => {
    const text = form[name].trim();
    const isKept = text === before[name].trim() && !(isOther && (name === 'model' || name === 'baseUrl'));
    if (isKept) return undefined;
    return text === '' ? null : value(text);
  };
  const tools = (text: string): string[] =>
    text
      .split('\n')
      .map((tool) => tool.trim())
      .filter((tool) => tool !== '');
  return {
    instanceId,
    aiAgent: present.aiAgent,
    apiKey: form.apiKey === '' ? undefined : form.apiKey,
    model: changed('model', String),
    provider: isOther ? form.provider : undefined,
    baseUrl: changed('baseUrl', String),
    allowedTools: takesAllowedTools(present.aiAgent) ? changed('allowedTools', tools) : undefined,
    settings: changed('settings', settingsOf),
  };
}
