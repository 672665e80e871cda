import { randomBytes } from 'node:crypto';
import {
  ConfigureAiAgentDocument,
  CreateInstanceDocument,
  InstancesDocument,
  StartInstanceDocument,
  StopInstanceDocument,
  type AiAgent,
  type InstanceFieldsFragment,
  type Triaged,
} from '../sdk/src/index.js';
import type { DemoAgent } from './demo-agents.js';
import type { Progress } from './progress.js';

const NAME = 'demo';
const PAGE = 100;

/**
 * The instance "demo", running. It is configured with a key made up at random, which the mock accepts; with
 * `providerKey` it is given that one, and restarted so that the key is used.
 */
export async function prepareInstance(
  api: Triaged,
  { aiAgent, name }: DemoAgent,
  providerKey: string | undefined,
  progress: Pick<Progress, 'step'>,
): Promise<string> {
  const existing = await findInstance(api);
  if (existing && isUsable(existing, aiAgent) && providerKey === undefined) {
    progress.step(`The instance "${NAME}" exists and runs.`);
    return existing.id;
  }
  const instanceId =
    existing?.id ?? (await api.request(CreateInstanceDocument, { input: { name: NAME } })).createInstance.id;
  if (existing?.state === 'RUNNING') await api.request(StopInstanceDocument, { id: instanceId });
  const apiKey = providerKey ?? `sk-ant-demo-${randomBytes(24).toString('base64url')}`;
  await api.request(ConfigureAiAgentDocument, { input: { instanceId, aiAgent, apiKey } });
  await api.request(StartInstanceDocument, { id: instanceId });
  progress.step(`The instance "${NAME}" is ${existing ? 'started again' : 'made and started'}: ${name}, key sealed.`);
  return instanceId;
}

/** Running, with the AI agent and a key that its start pinned. */
const isUsable = ({ state, aiAgents }: InstanceFieldsFragment, aiAgent: AiAgent): boolean =>
  state === 'RUNNING' && aiAgents.some((ours) => ours.aiAgent === aiAgent && ours.pinnedCredentialVersion !== null);

async function findInstance(api: Triaged): Promise<InstanceFieldsFragment | undefined> {
  for (let offset = 0; ; offset += PAGE) {
    const { items } = (await api.request(InstancesDocument, { limit: PAGE, offset })).instances;
    const found = items.find(({ name }) => name === NAME);
    if (found || items.length < PAGE) return found;
  }
}
