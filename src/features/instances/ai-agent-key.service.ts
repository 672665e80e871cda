import type { EntityManager } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { badUserInput, TriagedError } from '../../kernel/errors.js';
import { failpoint } from '../../kernel/failpoints.js';
import type { InstanceId, RunId } from '../../kernel/ids.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import { checkKeyFormat } from '../credentials/index.js';
import type { CredentialPlace, CredentialService } from '../credentials/index.js';
import type { InstanceService } from './instance.service.js';
import { aiAgentView } from './instance.views.js';
import type { InstanceAiAgentView } from './instance.views.js';

export interface AiAgentKeyServiceDependencies {
  readonly instances: Pick<InstanceService, 'locked'>;
  readonly credentials: CredentialService;
  /** Marks the open runs that use the key as theirs to end, queued ones as ended; gives the runs. */
  readonly cutRuns: (manager: EntityManager, place: CredentialPlace) => Promise<readonly RunId[]>;
  readonly bus: EventBus;
}

export interface RotateAiAgentKey {
  readonly instanceId: string;
  readonly aiAgent: AiAgent;
  readonly apiKey: string;
}

export interface RevokeAiAgentKey {
  readonly instanceId: string;
  readonly aiAgent: AiAgent;
  /** Left out: the ACTIVE one. */
  readonly version?: number | null | undefined;
}

/** New keys for AI agents, and the end of old ones. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
export class AiAgentKeyService {
  constructor(private readonly deps: AiAgentKeyServiceDependencies) {}

  /** What is running goes on with the version that it has. */
  async rotate(actor: Actor, { instanceId, aiAgent, apiKey }: RotateAiAgentKey): Promise<InstanceAiAgentView> {
    const id = uuidArgument<InstanceId>('input.instanceId', instanceId);
    checkKeyFormat('input.apiKey', apiKey);
    const owner = { tenantId: actor.tenantId, instanceId: id, aiAgent };
    const view = await this.deps.instances.locked(actor, id, async (manager, instance) => {
      const { configuration } = await aiAgentView(manager, instance, aiAgent);
      if (!configuration) {
        throw new TriagedError(
          'AI_AGENT_NOT_CONFIGURED',
          `${aiAgent} is not configured on this instance: give it a key with configureAiAgent.`,
          { instanceId: id, aiAgent },
        );
      }
      await this.deps.credentials.rotate(manager, actor, owner, apiKey);
      return aiAgentView(manager, instance, aiAgent);
    });
    failpoint('key-rotation-committed');
    return view;
  }

  /** Cuts at once: the version opens no more, and the runs and calls that use it are ended. A version that was revoked stays so. */
  async revoke(actor: Actor, { instanceId, aiAgent, version }: RevokeAiAgentKey): Promise<InstanceAiAgentView> {
    const id = uuidArgument<InstanceId>('input.instanceId', instanceId);
    if (version != null && version < 1) throw badUserInput('input.version', 'Versions are counted from 1.');
    const owner = { tenantId: actor.tenantId, instanceId: id, aiAgent };
    const { credentials, cutRuns, bus } = this.deps;
    const { view, runs, isNew } = await this.deps.instances.locked(actor, id, async (manager, instance) => {
      const place = await credentials.revoke(manager, actor, owner, version ?? undefined);
      const cut = place ? await cutRuns(manager, place) : [];
      return { view: await aiAgentView(manager, instance, aiAgent), runs: cut, isNew: place !== undefined };
    });
    failpoint('key-revocation-committed');
    for (const run of runs) bus.publish(topics.run(run));
    if (isNew) bus.publish(topics.revokedKeys(id));
    return view;
  }
}
