import type { EntityManager } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { ConnectPolicy } from '../../kernel/connect-policy.js';
import { badUserInput, TriagedError } from '../../kernel/errors.js';
import type { InstanceId } from '../../kernel/ids.js';
import type { PageArguments, Pager } from '../../kernel/pager.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import { adapterOf, AiAgentConfigurationEntity, bindingOf } from '../ai-agents/index.js';
import type { ConfigurationFiles, ConfigurationHistory, ConfigurationPlace } from '../ai-agents/index.js';
import { Audit } from '../audit/index.js';
import { CredentialEntity } from '../credentials/index.js';
import type { CredentialService } from '../credentials/index.js';
import { changedValues, checkAiAgentChange } from './ai-agent-change.js';
import type { AiAgentChange, ConfigureAiAgent } from './ai-agent-change.js';
import type { InstanceService } from './instance.service.js';
import { aiAgentView, viewsOf } from './instance.views.js';
import type { InstanceAiAgentView, InstanceView } from './instance.views.js';

export interface AiAgentsServiceDependencies {
  readonly instances: InstanceService;
  readonly credentials: CredentialService;
  readonly files: ConfigurationFiles;
  readonly history: ConfigurationHistory;
  /** For base URLs of model providers. */
  readonly modelPolicy: ConnectPolicy;
  readonly pager: Pager;
}

/** What is configured for each AI agent of an instance. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
export class AiAgentsService {
  constructor(private readonly deps: AiAgentsServiceDependencies) {}

  /** Stores a new revision, and a new version of the key when there is one; runs use them from the next start on. */
  async configure(actor: Actor, input: ConfigureAiAgent): Promise<InstanceAiAgentView> {
    const instanceId = uuidArgument<InstanceId>('input.instanceId', input.instanceId);
    await this.deps.instances.requireOwn(actor, instanceId);
    const change = await checkAiAgentChange(input, this.deps.modelPolicy);
    const place = { tenantId: actor.tenantId, instanceId, aiAgent: change.aiAgent };
    const view = await this.deps.instances.locked(actor, instanceId, async (manager, instance) => {
      const latest = await latestOf(manager, place);
      const values = changedValues(change, latest && !latest.removed ? latest : undefined);
      await this.#keepKey(manager, actor, place, change);
      const revision = (latest?.revision ?? 0) + 1;
      await manager.insert(AiAgentConfigurationEntity, { ...place, ...values, revision, configuredBy: actor.keyId });
      const details = {
        revision: `${revision}`,
        provider: bindingOf(adapterOf(change.aiAgent), values.provider).provider,
        ...(values.model !== null && { model: values.model }),
        ...(values.baseUrl !== null && { baseUrl: values.baseUrl }),
      };
      await Audit.record(manager, actor, {
        action: 'AI_AGENT_CONFIGURED',
        instanceId,
        aiAgent: place.aiAgent,
        details,
      });
      return aiAgentView(manager, instance, place.aiAgent);
    });
    await this.deps.files.materialise(actor.tenantId, instanceId);
    return view;
  }

  /**
   * Takes the AI agent from the instance: its files go at once, and its key serves only what has pinned it. A running
   * instance goes on with what its start pinned. Throws AI_AGENT_NOT_CONFIGURED when there is nothing to remove.
   */
  async remove(actor: Actor, instanceArgument: string, aiAgent: AiAgent): Promise<InstanceView> {
    const instanceId = uuidArgument<InstanceId>('instanceId', instanceArgument);
    const place = { tenantId: actor.tenantId, instanceId, aiAgent };
    const view = await this.deps.instances.locked(actor, instanceId, async (manager, instance) => {
      const latest = await latestOf(manager, place);
      if (!latest || latest.removed) {
        throw new TriagedError('AI_AGENT_NOT_CONFIGURED', `${aiAgent} is not configured on this instance.`, {
          instanceId,
          aiAgent,
        });
      }
      const removal = { ...place, revision: latest.revision + 1, removed: true, configuredBy: actor.keyId };
      await manager.insert(AiAgentConfigurationEntity, removal);
      await this.deps.credentials.retire(manager, actor, place);
      await Audit.record(manager, actor, { action: 'AI_AGENT_REMOVED', instanceId, aiAgent });
      const [changed] = await viewsOf(manager, [instance]);
      return changed!;
    });
    await this.deps.files.materialise(actor.tenantId, instanceId);
    return view;
  }

  /** Newest first; removals among them. */
  async revisions(
    place: ConfigurationPlace,
    args: Pick<PageArguments, 'limit' | 'offset'>,
  ): Promise<AiAgentConfigurationEntity[]> {
    const page = this.deps.pager.read('revisions', place.tenantId, args);
    return this.deps.history.page(place, page);
  }

  async #keepKey(
    manager: EntityManager,
    actor: Actor,
    place: ConfigurationPlace,
    { apiKey }: AiAgentChange,
  ): Promise<void> {
    if (apiKey !== undefined) {
      await this.deps.credentials.rotate(manager, actor, place, apiKey);
    } else if (!(await manager.existsBy(CredentialEntity, { ...place, state: 'ACTIVE' }))) {
      throw badUserInput('input.apiKey', `${place.aiAgent} has no active API key on this instance: give one.`);
    }
  }
}

const latestOf = (manager: EntityManager, place: ConfigurationPlace): Promise<AiAgentConfigurationEntity | null> =>
  manager.findOne(AiAgentConfigurationEntity, { where: { ...place }, order: { revision: 'DESC' } });
