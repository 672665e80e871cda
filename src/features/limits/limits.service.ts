import type { Actor } from '../../kernel/actor.js';
import { badUserInput, TriagedError } from '../../kernel/errors.js';
import type { InstanceId } from '../../kernel/ids.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import { topics, type EventBus } from '../../ports/event-bus.js';
import { Audit } from '../audit/index.js';
import { aiAgentView } from '../instances/index.js';
import type { InstanceAiAgentView, InstanceService } from '../instances/index.js';
import type { ModelPrices } from '../usage/index.js';
import { AiAgentLimitsEntity } from './ai-agent-limits.entity.js';
import { LIMIT_NAMES, LIMIT_WORDS } from './ai-agent-limits.js';
import type { AiAgentLimits, LimitsOwner } from './ai-agent-limits.js';
import type { KnownLimits } from './known-limits.js';
import { changedLimits } from './limits-input.js';
import type { SetAiAgentLimits } from './limits-input.js';
import { limitsOf } from './limits.store.js';

export interface LimitsServiceDependencies {
  readonly instances: Pick<InstanceService, 'locked' | 'manager'>;
  readonly known: Pick<KnownLimits, 'expire'>;
  readonly bus: EventBus;
  readonly prices: Pick<ModelPrices, 'anyCost'>;
}

/** Limits of AI agents. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
export class LimitsService {
  constructor(private readonly deps: LimitsServiceDependencies) {}

  /** Holds from the next model call, also of runs under way: here at once, on other servers within two seconds. */
  async set(actor: Actor, input: SetAiAgentLimits): Promise<InstanceAiAgentView> {
    const { instances, known, bus, prices } = this.deps;
    const instanceId = uuidArgument<InstanceId>('input.instanceId', input.instanceId);
    const { aiAgent } = input;
    const owner = { tenantId: actor.tenantId, instanceId, aiAgent };
    const { view, hasChanged } = await instances.locked(actor, instanceId, async (manager, instance) => {
      const present = await aiAgentView(manager, instance, aiAgent);
      const before = await limitsOf(manager, owner);
      const after = changedLimits(input, before);
      if (!prices.anyCost) requireNoCost(before, after);
      if (!present.configuration) {
        throw new TriagedError(
          'AI_AGENT_NOT_CONFIGURED',
          `${aiAgent} is not configured on this instance: give it a key with configureAiAgent.`,
          { instanceId, aiAgent },
        );
      }
      const details = changes(before, after);
      const differs = Object.keys(details).length > 0;
      if (differs) {
        await manager.upsert(AiAgentLimitsEntity, { ...owner, ...after }, ['tenantId', 'instanceId', 'aiAgent']);
        await Audit.record(manager, actor, { action: 'AI_AGENT_LIMITS_SET', instanceId, aiAgent, details });
      }
      return { view: present, hasChanged: differs };
    });
    if (hasChanged) {
      known.expire(owner);
      bus.publish(topics.limits(instanceId));
    }
    return view;
  }

  of(owner: LimitsOwner): Promise<AiAgentLimits> {
    return limitsOf(this.deps.instances.manager, owner);
  }
}

/** A budget that can never be spent would be taken for a protection. */
function requireNoCost(before: AiAgentLimits, after: AiAgentLimits): void {
  for (const name of ['runCostNanoUsd', 'dayCostNanoUsd'] as const) {
    if (after[name] === null || after[name] === before[name]) continue;
    const path = LIMIT_WORDS[name].path;
    const message = `No model has a price on this server, so that ${path} could not be held: limit tokens, or have its operator set MODEL_PRICES_FILE.`;
    throw badUserInput(`input.${path}`, message);
  }
}

/** Each limit that is another now, with what it was: `requestsPerMinute`: `60 (before: unlimited)`. */
function changes(before: AiAgentLimits, after: AiAgentLimits): Record<string, string> {
  const changed = LIMIT_NAMES.filter((name) => before[name] !== after[name]);
  return Object.fromEntries(
    changed.map((name) => {
      const { path, shown } = LIMIT_WORDS[name];
      const said = ({ [name]: value }: AiAgentLimits): string => (value === null ? 'unlimited' : shown(value));
      return [path, `${said(after)} (before: ${said(before)})`];
    }),
  );
}
