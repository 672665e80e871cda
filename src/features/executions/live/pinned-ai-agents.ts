import type { DataSource } from 'typeorm';
import type { Actor } from '../../../kernel/actor.js';
import type { AiAgent } from '../../../kernel/ai-agents.js';
import { badUserInput, TriagedError } from '../../../kernel/errors.js';
import type { InstanceId } from '../../../kernel/ids.js';
import type { ProviderFeature } from '../../../kernel/provider-features.js';
import { uuidArgument } from '../../../kernel/uuid-argument.js';
import type { ModelProvider } from '../../../ports/model-upstream.js';
import { adapterOf, AiAgentConfigurationEntity, bindingOf } from '../../ai-agents/index.js';
import { InstancePinEntity } from '../../instances/index.js';
import type { InstanceEntity, InstanceService } from '../../instances/index.js';
import { providerOfModel } from './completion-choice.js';

/** An AI agent as the instance's start pinned it. */
export interface PinnedAiAgent {
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
  readonly credentialVersion: number;
  readonly provider: ModelProvider;
  /** Null is the operator's choice. */
  readonly baseUrl: string | null;
  /** What the instance allows now, as for calls of runs. */
  readonly providerFeatures: readonly ProviderFeature[];
}

export interface AskedAiAgent {
  readonly instanceId: string;
  /** Null or undefined leaves the choice to the model. */
  readonly aiAgent?: AiAgent | null | undefined;
  readonly model: string;
}

export interface PinnedAiAgentsDependencies {
  readonly dataSource: DataSource;
  readonly instances: Pick<InstanceService, 'requireOwn'>;
}

/** Finds whose key a question to a model goes with. */
export class PinnedAiAgents {
  constructor(private readonly deps: PinnedAiAgentsDependencies) {}

  /**
   * Throws NOT_FOUND, FORBIDDEN, INSTANCE_NOT_RUNNING; AI_AGENT_NOT_CONFIGURED when none, BAD_USER_INPUT when several could
   * have the model, or the one that was named has not.
   */
  async choose(actor: Actor, { instanceId, aiAgent, model }: AskedAiAgent): Promise<PinnedAiAgent> {
    const id = uuidArgument<InstanceId>('input.instanceId', instanceId);
    const instance = await this.deps.instances.requireOwn(actor, id);
    if (instance.state !== 'RUNNING') {
      const message = 'The instance is stopped: start it with startInstance.';
      throw new TriagedError('INSTANCE_NOT_RUNNING', message, { instanceId: id });
    }
    return chosen(await this.#pinned(instance), { instanceId: id, aiAgent, model });
  }

  async #pinned({ tenantId, id: instanceId, providerFeatures }: InstanceEntity): Promise<PinnedAiAgent[]> {
    const { manager } = this.deps.dataSource;
    const pins = await manager.find(InstancePinEntity, { where: { tenantId, instanceId }, order: { aiAgent: 'ASC' } });
    return Promise.all(
      pins.map(async ({ aiAgent, credentialVersion, configurationRevision: revision }) => {
        const where = { tenantId, instanceId, aiAgent, revision };
        const { provider, baseUrl } = await manager.findOneByOrFail(AiAgentConfigurationEntity, where);
        const binding = bindingOf(adapterOf(aiAgent), provider);
        return { instanceId, aiAgent, credentialVersion, baseUrl, provider: binding.provider, providerFeatures };
      }),
    );
  }
}

/** Pure. What an AI agent with a base URL of its own offers is not known, so one that is named is asked for any model. */
export function chosen(pinned: readonly PinnedAiAgent[], { instanceId, aiAgent, model }: AskedAiAgent): PinnedAiAgent {
  const provider = providerOfModel(model);
  const fitting = pinned.filter((each) => provider === undefined || each.provider === provider);
  const aiAgents = namesOf(fitting);
  if (aiAgent != null) {
    const named = pinned.find((each) => each.aiAgent === aiAgent);
    if (!named) {
      const message = `${aiAgent} was not configured when the instance was started: use configureAiAgent, then restartInstance.`;
      throw new TriagedError('AI_AGENT_NOT_CONFIGURED', message, { instanceId, aiAgent });
    }
    if (fitting.includes(named) || named.baseUrl !== null) return named;
    const message = `${aiAgent} has no ${model}: its provider is ${named.provider}. ${offer(aiAgents)}`;
    throw badUserInput('input.aiAgent', message, { aiAgents });
  }
  const [first, ...others] = fitting;
  if (!first) {
    const whose = provider === undefined ? 'no AI agent' : `no AI agent of ${provider}`;
    const message = `The instance was started with ${whose}, whose model ${model} would be: use configureAiAgent, then restartInstance.`;
    throw new TriagedError('AI_AGENT_NOT_CONFIGURED', message, { instanceId, model, aiAgents: namesOf(pinned) });
  }
  if (others.length === 0) return first;
  throw badUserInput('input.aiAgent', `Several AI agents of this instance could ask for ${model}. ${offer(aiAgents)}`, {
    aiAgents,
  });
}

const namesOf = (pinned: readonly PinnedAiAgent[]): AiAgent[] => pinned.map(({ aiAgent }) => aiAgent);

const offer = (aiAgents: readonly AiAgent[]): string =>
  aiAgents.length > 0 ? `Name one of ${aiAgents.join(', ')}.` : 'No AI agent of this instance has it.';
