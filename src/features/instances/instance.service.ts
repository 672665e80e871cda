import type { DataSource, EntityManager } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { isUniqueViolation } from '../../kernel/database-errors.js';
import { badUserInput, TriagedError } from '../../kernel/errors.js';
import { newInstanceId } from '../../kernel/ids.js';
import type { InstanceId } from '../../kernel/ids.js';
import type { ConnectPolicy } from '../../kernel/connect-policy.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import { Audit } from '../audit/index.js';
import { adapterOf, AiAgentConfigurationEntity } from '../ai-agents/index.js';
import type { ConfigurationFolder } from '../ai-agents/index.js';
import { checkKeyFormat, CredentialEntity } from '../credentials/index.js';
import type { CredentialService } from '../credentials/index.js';
import { addressesIn, parseEgress } from '../egress/index.js';
import { instanceName, modelName, pageArguments } from './instance-input.js';
import { InstanceEntity } from './instance.entity.js';
import type { KeyDelivery } from './instance.entity.js';
import { InstancePinEntity } from './instance-pin.entity.js';
import { aiAgentView, viewsOf } from './instance.views.js';
import type { InstanceAiAgentView, InstanceView } from './instance.views.js';
import { missError } from '../../kernel/ownership.js';

export interface InstanceServiceDependencies {
  readonly dataSource: DataSource;
  readonly credentials: CredentialService;
  readonly folders: ConfigurationFolder;
  /** For hosts on egress lists. */
  readonly egressPolicy: ConnectPolicy;
}

export interface UpdateInstance {
  readonly instanceId: string;
  readonly name?: string | null | undefined;
  readonly egress?: readonly string[] | null | undefined;
  readonly keyDelivery?: KeyDelivery | null | undefined;
}

export interface ConfigureAiAgent {
  readonly instanceId: string;
  readonly aiAgent: AiAgent;
  /** Left out: the present key stays. */
  readonly apiKey?: string | null | undefined;
  readonly model?: string | null | undefined;
}

/** Instances and what is configured on them. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
export class InstanceService {
  constructor(private readonly deps: InstanceServiceDependencies) {}

  /** Throws DUPLICATE_NAME when the tenant has an instance of this name. */
  async create(actor: Actor, name: string): Promise<InstanceView> {
    const row = { tenantId: actor.tenantId, id: newInstanceId(), name: instanceName('input.name', name) };
    await this.deps.dataSource.transaction(async (manager) => {
      await uniquelyNamed(row.name, () => manager.insert(InstanceEntity, row));
      const details = { name: row.name };
      await Audit.record(manager, actor, { action: 'INSTANCE_CREATED', instanceId: row.id, details });
    });
    return this.get(actor, row.id);
  }

  /** What is left out stays. Throws DUPLICATE_NAME as `create` does. New egress lists and deliveries hold for runs asked for from now on. */
  async update(actor: Actor, input: UpdateInstance): Promise<InstanceView> {
    const id = uuidArgument<InstanceId>('input.instanceId', input.instanceId);
    const name = input.name == null ? undefined : instanceName('input.name', input.name);
    const egress = input.egress == null ? undefined : await this.#checkedEgress(input.egress);
    return this.locked(actor, id, async (manager, instance) => {
      const keyDelivery = input.keyDelivery ?? instance.keyDelivery;
      const changed = { name: name ?? instance.name, egress: egress ?? instance.egress, keyDelivery };
      await uniquelyNamed(changed.name, () =>
        manager.update(InstanceEntity, { tenantId: actor.tenantId, id }, changed),
      );
      const details = {
        ...(name !== undefined && { name }),
        ...(egress && { egress: egress.join(' ') }),
        ...(input.keyDelivery && { keyDelivery }),
      };
      if (Object.keys(details).length > 0)
        await Audit.record(manager, actor, { action: 'INSTANCE_UPDATED', instanceId: id, details });
      const [view] = await viewsOf(manager, [Object.assign(instance, changed)]);
      return view!;
    });
  }

  /** Stores a new revision, and a new version of the key when there is one; runs use them from the next start on. */
  async configure(actor: Actor, input: ConfigureAiAgent): Promise<InstanceAiAgentView> {
    const id = uuidArgument<InstanceId>('input.instanceId', input.instanceId);
    const { aiAgent } = input;
    const settings = adapterOf(aiAgent).parseSettings('input.settings', undefined);
    const model = input.model == null ? null : modelName('input.model', input.model);
    const apiKey = input.apiKey ?? undefined;
    if (apiKey !== undefined) checkKeyFormat('input.apiKey', apiKey);
    return this.locked(actor, id, async (manager, instance) => {
      const place = { tenantId: actor.tenantId, instanceId: id, aiAgent };
      if (apiKey !== undefined) await this.deps.credentials.rotate(manager, actor, place, apiKey);
      else if (!(await manager.existsBy(CredentialEntity, { ...place, state: 'ACTIVE' }))) {
        throw badUserInput('input.apiKey', `${aiAgent} has no API key on this instance yet: give one.`);
      }
      const latest = await manager.maximum(AiAgentConfigurationEntity, 'revision', place);
      const revision = (latest ?? 0) + 1;
      await manager.insert(AiAgentConfigurationEntity, { ...place, revision, model, settings });
      const details = { revision: `${revision}`, ...(model !== null && { model }) };
      await Audit.record(manager, actor, { action: 'AI_AGENT_CONFIGURED', instanceId: id, aiAgent, details });
      await this.deps.folders.write(id, aiAgent, { model, settings });
      return aiAgentView(manager, instance, aiAgent);
    });
  }

  /** Pins what is configured; a running instance stays as it is. Throws CREDENTIAL_UNREADABLE when a key does not open. */
  async start(actor: Actor, instanceId: string): Promise<InstanceView> {
    const id = uuidArgument<InstanceId>('id', instanceId);
    return this.locked(actor, id, async (manager, instance) => {
      const [view] = await viewsOf(manager, [instance]);
      if (instance.state === 'RUNNING') return view!;
      for (const { aiAgent, configuration, credential } of view!.aiAgents) {
        if (!configuration || !credential) continue;
        await this.deps.credentials.open(manager, credential);
        await manager.insert(InstancePinEntity, {
          tenantId: actor.tenantId,
          instanceId: id,
          aiAgent,
          configurationRevision: configuration.revision,
          credentialVersion: credential.version,
        });
        await this.deps.folders.write(id, aiAgent, configuration);
      }
      await Audit.record(manager, actor, { action: 'INSTANCE_STARTED', instanceId: id, details: pinned(view!) });
      return this.#setState(manager, instance, 'RUNNING');
    });
  }

  /** Takes no more runs; those that there are go on with what they pinned. */
  async stop(actor: Actor, instanceId: string): Promise<InstanceView> {
    const id = uuidArgument<InstanceId>('id', instanceId);
    return this.locked(actor, id, async (manager, instance) => {
      await manager.delete(InstancePinEntity, { tenantId: actor.tenantId, instanceId: id });
      if (instance.state === 'RUNNING')
        await Audit.record(manager, actor, { action: 'INSTANCE_STOPPED', instanceId: id });
      return this.#setState(manager, instance, 'STOPPED');
    });
  }

  async get(actor: Actor, instanceId: string): Promise<InstanceView> {
    const instance = await this.requireOwn(actor, uuidArgument<InstanceId>('id', instanceId));
    const [view] = await viewsOf(this.deps.dataSource.manager, [instance]);
    return view!;
  }

  /** Newest first. */
  async list(actor: Actor, limit: number, offset: number): Promise<InstanceView[]> {
    const page = pageArguments(limit, offset);
    const { manager } = this.deps.dataSource;
    const rows = await manager.find(InstanceEntity, {
      where: { tenantId: actor.tenantId },
      order: { createdAt: 'DESC', id: 'DESC' },
      take: page.limit,
      skip: page.offset,
    });
    return viewsOf(manager, rows);
  }

  count(actor: Actor): Promise<number> {
    return this.deps.dataSource.manager.countBy(InstanceEntity, { tenantId: actor.tenantId });
  }

  /** The tenant's own instance; rejects with NOT_FOUND or FORBIDDEN. */
  async requireOwn(actor: Actor, id: InstanceId): Promise<InstanceEntity> {
    const { dataSource } = this.deps;
    const uuid = uuidArgument<InstanceId>('instanceId', id);
    const row = await dataSource.manager.findOneBy(InstanceEntity, { tenantId: actor.tenantId, id: uuid });
    if (!row) throw await missError(dataSource, 'instance', actor.tenantId, uuid);
    return row;
  }

  /** In one transaction that holds the instance's row, so that versions and pins of one instance do not race. */
  async locked<T>(
    actor: Actor,
    id: InstanceId,
    work: (manager: EntityManager, instance: InstanceEntity) => Promise<T>,
  ): Promise<T> {
    await this.requireOwn(actor, id);
    return this.deps.dataSource.transaction(async (manager) => {
      const where = { tenantId: actor.tenantId, id };
      return work(manager, await manager.findOneOrFail(InstanceEntity, { where, lock: { mode: 'pessimistic_write' } }));
    });
  }

  /** An address that no run could reach is refused here; what a name stands for is asked at every dial. */
  async #checkedEgress(entries: readonly string[]): Promise<string[]> {
    const path = 'input.egress';
    const checked = parseEgress(path, entries);
    for (const [index, { host, port }] of addressesIn(checked)) {
      if (await this.deps.egressPolicy.permits([host], port)) continue;
      throw badUserInput(
        `${path}.${index}`,
        'This address is on a network to which this server does not connect; its operator allows networks with EGRESS_NETWORKS.',
      );
    }
    return [...new Set(checked)];
  }

  async #setState(manager: EntityManager, { tenantId, id }: InstanceEntity, state: 'RUNNING' | 'STOPPED') {
    const startedAt = state === 'RUNNING' ? () => 'clock_timestamp()' : null;
    await manager.update(InstanceEntity, { tenantId, id }, { state, startedAt });
    const [view] = await viewsOf(manager, [await manager.findOneByOrFail(InstanceEntity, { tenantId, id })]);
    return view!;
  }
}

/** What a start pins, by AI agent. */
const pinned = ({ aiAgents }: InstanceView): Record<string, string> =>
  Object.fromEntries(
    aiAgents.flatMap(({ aiAgent, configuration, credential }) =>
      configuration && credential
        ? [[aiAgent, `revision ${configuration.revision}, credential ${credential.version}`]]
        : [],
    ),
  );

async function uniquelyNamed(name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isUniqueViolation(error, 'instances_name_unique')) throw error;
    throw new TriagedError('DUPLICATE_NAME', 'There is an instance of this name already; choose another.', { name });
  }
}
