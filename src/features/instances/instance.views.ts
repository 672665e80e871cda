import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { latestConfigurations } from '../ai-agents/index.js';
import type { AiAgentConfigurationEntity } from '../ai-agents/index.js';
import { newestCredentials } from '../credentials/index.js';
import type { CredentialEntity } from '../credentials/index.js';
import { AI_AGENT_NAMES, type AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId } from '../../kernel/ids.js';
import type { InstanceEntity } from './instance.entity.js';
import { InstancePinEntity } from './instance-pin.entity.js';

/** An AI agent as it stands on an instance: what was configured last, and what the present start pinned. */
export interface InstanceAiAgentView {
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
  readonly configuration: AiAgentConfigurationEntity | undefined;
  /** The ACTIVE one. */
  readonly credential: CredentialEntity | undefined;
  /** As long as the AI agent is configured; without an ACTIVE one it was revoked. */
  readonly newestCredential: CredentialEntity | undefined;
  readonly pin: InstancePinEntity | undefined;
}

export interface InstanceView {
  readonly instance: InstanceEntity;
  readonly aiAgents: readonly InstanceAiAgentView[];
}

/** Adds the AI agents to instances of one tenant, in three statements however many there are. */
export async function viewsOf(manager: EntityManager, instances: readonly InstanceEntity[]): Promise<InstanceView[]> {
  const tenantId = instances[0]?.tenantId;
  if (tenantId === undefined) return [];
  const ids = instances.map(({ id }) => id);
  const configurations = (await latestConfigurations(manager, tenantId, ids)).filter(({ removed }) => !removed);
  const credentials = await newestCredentials(manager, tenantId, ids);
  const pins = await manager.findBy(InstancePinEntity, { tenantId, instanceId: In(ids) });
  return instances.map((instance) => ({
    instance,
    aiAgents: AI_AGENT_NAMES.map((aiAgent) => {
      const ofThis = (row: { instanceId: string; aiAgent: AiAgent }): boolean =>
        row.instanceId === instance.id && row.aiAgent === aiAgent;
      const configuration = configurations.find(ofThis);
      const newestCredential = configuration && credentials.find(ofThis);
      return {
        instanceId: instance.id,
        aiAgent,
        configuration,
        credential: newestCredential?.state === 'ACTIVE' ? newestCredential : undefined,
        newestCredential,
        pin: pins.find(ofThis),
      };
    }),
  }));
}

/** As `viewsOf`, of one AI agent. */
export async function aiAgentView(
  manager: EntityManager,
  instance: InstanceEntity,
  aiAgent: AiAgent,
): Promise<InstanceAiAgentView> {
  const [view] = await viewsOf(manager, [instance]);
  return view!.aiAgents.find((each) => each.aiAgent === aiAgent)!;
}
