import {
  ConfigureAiAgentDocument,
  RotateAiAgentKeyDocument,
  TestAiAgentConnectionDocument,
  type InstanceAiAgentFieldsFragment as InstanceAiAgent,
  type ModelProvider,
  type TestAiAgentConnectionMutation,
} from '../../../sdk/src/generated/graphql.js';
import { AI_AGENTS_BY_NAME, nameOfAiAgent, type AiAgentName } from '../ai-agent-names.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { UsageError } from '../failure.js';
import { renderFields } from '../output/table.js';
import { readSecret } from '../secret-input.js';
import type { Session } from '../session.js';
import { readJsonObject } from '../json-input.js';
import { instanceId } from './resolve.js';

export interface AiAgentOptions {
  readonly instance?: string;
  readonly agent: AiAgentName;
}

export interface ConfigureOptions extends AiAgentOptions {
  readonly key?: boolean;
  readonly model?: string;
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly allowedTools?: readonly string[];
  readonly settings?: string;
}

const MAX_SETTINGS_BYTES = 256 * 1024;

/** The input that names one AI agent of one instance. */
export const targetOf = async (session: Session, { instance, agent }: AiAgentOptions) => ({
  instanceId: await instanceId(session, instance),
  aiAgent: AI_AGENTS_BY_NAME[agent],
});

/** An option that was given empty goes back to its default; one that was left out stays. */
const orDefault = (text: string): string | null => (text === '' ? null : text);

export async function configureAiAgent(session: Session, options: ConfigureOptions): Promise<undefined> {
  const { key, model, provider, baseUrl, allowedTools, settings } = options;
  if (key && settings === '-') throw new UsageError('--key and --settings - cannot both read standard input.');
  const target = await targetOf(session, options);
  const input = {
    ...target,
    ...(model === undefined ? {} : { model: orDefault(model) }),
    ...(provider === undefined ? {} : { provider: provider.toUpperCase() as ModelProvider }),
    ...(baseUrl === undefined ? {} : { baseUrl: orDefault(baseUrl) }),
    ...(allowedTools === undefined ? {} : { allowedTools: allowedTools.length === 0 ? null : [...allowedTools] }),
    ...(settings === undefined
      ? {}
      : { settings: (await readJsonObject(session.io, settings, 'settings', MAX_SETTINGS_BYTES)).value }),
    ...(key ? { apiKey: await readSecret(session.io, 'API key of the provider') } : {}),
  };
  await show(session, (await session.client.request(ConfigureAiAgentDocument, { input })).configureAiAgent);
}

export async function rotateKey(session: Session, options: AiAgentOptions): Promise<undefined> {
  const target = await targetOf(session, options);
  const input = { ...target, apiKey: await readSecret(session.io, 'API key of the provider') };
  await show(session, (await session.client.request(RotateAiAgentKeyDocument, { input })).rotateAiAgentKey);
}

async function show({ answer, out, err, json }: Session, aiAgent: InstanceAiAgent): Promise<undefined> {
  await answer(aiAgent, () =>
    renderFields(
      [
        ['AI agent', nameOfAiAgent(aiAgent.aiAgent)],
        ['configured', aiAgent.configured ? 'yes' : 'no'],
        ['model', aiAgent.model ?? 'default'],
        ['provider', aiAgent.provider],
        ['base URL', aiAgent.baseUrl ?? undefined],
        ['allowed tools', aiAgent.allowedTools?.join(', ')],
        ['settings', aiAgent.settings ? JSON.stringify(aiAgent.settings) : undefined],
        ['key', aiAgent.keyLastFour ? `…${aiAgent.keyLastFour}` : undefined],
        ['key version', aiAgent.credentialVersion == null ? undefined : String(aiAgent.credentialVersion)],
      ],
      out,
    ),
  );
  const isStale =
    aiAgent.pinnedCredentialVersion !== aiAgent.credentialVersion ||
    aiAgent.pinnedConfigurationRevision !== aiAgent.configurationRevision;
  if (isStale && !json) await err.line('It is used from the next start of the instance on: triaged instances restart.');
}

export async function testConnection(session: Session, options: AiAgentOptions): Promise<ExitCode> {
  const input = await targetOf(session, options);
  const { testAiAgentConnection: test } = await session.client.request(TestAiAgentConnectionDocument, { input });
  await session.answer(test, () => renderTest(test, session));
  return test.ok && test.provider.ok ? EXIT.ok : EXIT.failed;
}

function renderTest(test: TestAiAgentConnectionMutation['testAiAgentConnection'], { out }: Session): string {
  const { provider } = test;
  const failures = [...new Set([test.failure, provider.failure])].flatMap((failure) =>
    failure ? [['failure', `${failure.class}: ${failure.message}`] as const] : [],
  );
  const said = provider.failure?.providerMessage ?? test.failure?.providerMessage;
  return renderFields(
    [
      ['AI agent', nameOfAiAgent(test.aiAgent)],
      ['ready', test.ok && provider.ok ? 'yes' : 'no'],
      ['answered by', test.upstream === 'MOCK' ? 'the built-in mock: no provider was asked' : 'the provider'],
      ['model', provider.model ?? undefined],
      ['took', `${provider.latencyMs} ms`],
      ...failures,
      ['provider says', said ?? undefined],
    ],
    out,
  );
}
