import {
  CreateInstanceDocument,
  DeleteInstanceDocument,
  InstanceDocument,
  RestartInstanceDocument,
  StartInstanceDocument,
  StopInstanceDocument,
  type InstanceFieldsFragment as Instance,
} from '../../../sdk/src/generated/graphql.js';
import type { ExitCode } from '../exit-codes.js';
import { nameOfAiAgent } from '../ai-agent-names.js';
import { age } from '../output/figures.js';
import { renderFields, renderTable, type Column } from '../output/table.js';
import type { Session } from '../session.js';
import { allOf } from './pages.js';
import { instanceId } from './resolve.js';

const configured = ({ aiAgents }: Instance): Instance['aiAgents'] => aiAgents.filter((each) => each.configured);

const COLUMNS: readonly Column<Instance>[] = [
  { head: 'NAME', cell: ({ name }) => name },
  { head: 'STATE', cell: ({ state }) => state, paint: ({ state }) => (state === 'RUNNING' ? 'green' : undefined) },
  {
    head: 'AI AGENTS',
    cell: (instance) =>
      configured(instance)
        .map(({ aiAgent }) => nameOfAiAgent(aiAgent))
        .join(',') || '-',
  },
  { head: 'AGE', cell: ({ createdAt }) => age(createdAt), exact: ({ createdAt }) => createdAt },
  { head: 'ID', cell: ({ id }) => id },
];

const AI_AGENT_COLUMNS: readonly Column<Instance['aiAgents'][number]>[] = [
  { head: 'AI AGENT', cell: ({ aiAgent }) => nameOfAiAgent(aiAgent) },
  { head: 'MODEL', cell: ({ model }) => model ?? 'default' },
  { head: 'PROVIDER', cell: ({ provider }) => provider },
  { head: 'KEY', cell: ({ keyLastFour }) => (keyLastFour ? `…${keyLastFour}` : '-') },
  { head: 'KEY STATE', cell: ({ credentialState }) => credentialState ?? '-' },
  {
    head: 'IN USE',
    cell: ({ credentialVersion, pinnedCredentialVersion, configurationRevision, pinnedConfigurationRevision }) =>
      pinnedCredentialVersion == null
        ? 'no'
        : pinnedCredentialVersion === credentialVersion && pinnedConfigurationRevision === configurationRevision
          ? 'yes'
          : 'after a restart',
  },
];

export async function listInstances({ client, err, out, json, answer }: Session): Promise<undefined> {
  const items = await allOf((page) => client.instances(page));
  if (items.length === 0 && !json) await err.line('There are no instances.');
  await answer(items, () => renderTable(items, COLUMNS, out));
}

export async function createInstance(session: Session, _options: object, name = ''): Promise<undefined> {
  const { createInstance: made } = await session.client.request(CreateInstanceDocument, { input: { name } });
  await show(session, made);
}

export async function showInstance(session: Session, _options: object, named = ''): Promise<undefined> {
  const id = await instanceId(session, named);
  await show(session, (await session.client.request(InstanceDocument, { id })).instance);
}

export async function startInstance(session: Session, _options: object, named = ''): Promise<undefined> {
  const id = await instanceId(session, named);
  await show(session, (await session.client.request(StartInstanceDocument, { id })).startInstance);
}

export async function restartInstance(session: Session, _options: object, named = ''): Promise<undefined> {
  const id = await instanceId(session, named);
  await show(session, (await session.client.request(RestartInstanceDocument, { id })).restartInstance);
}

interface ForceOption {
  readonly force?: boolean;
}

export async function stopInstance(session: Session, { force = false }: ForceOption, named = ''): Promise<undefined> {
  const id = await instanceId(session, named);
  await show(session, (await session.client.request(StopInstanceDocument, { id, force })).stopInstance);
}

export async function deleteInstance(
  session: Session,
  { force = false }: ForceOption,
  named = '',
): Promise<ExitCode | undefined> {
  const id = await instanceId(session, named);
  const { deleteInstance: deleted } = await session.client.request(DeleteInstanceDocument, { id, force });
  await session.answer({ id: deleted }, () => `${deleted}\n`);
  return undefined;
}

async function show({ answer, out }: Session, instance: Instance): Promise<undefined> {
  await answer(instance, () => {
    const fields = renderFields(
      [
        ['name', instance.name],
        ['id', instance.id],
        ['state', instance.state],
        ['created', instance.createdAt],
        ['started', instance.startedAt ?? undefined],
        ['egress', instance.egress.join(', ') || 'none'],
        ['key delivery', instance.keyDelivery],
        ['provider features', instance.providerFeatures.join(', ') || 'none'],
      ],
      out,
    );
    const aiAgents = configured(instance);
    return aiAgents.length === 0 ? fields : `${fields}\n${renderTable(aiAgents, AI_AGENT_COLUMNS, out)}`;
  });
}
