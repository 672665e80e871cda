import { IsNull } from 'typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import { AI_AGENT_NAMES } from '../../kernel/ai-agents.js';
import { isUniqueViolation, retryingDeadlocks } from '../../kernel/database-errors.js';
import { badUserInput, notFound, TriagedError } from '../../kernel/errors.js';
import { newInstanceId } from '../../kernel/ids.js';
import type { InstanceId, RunId, TenantId } from '../../kernel/ids.js';
import type { ConnectPolicy } from '../../kernel/connect-policy.js';
import type { ProviderFeature } from '../../kernel/provider-features.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import { Audit } from '../audit/index.js';
import type { ConfigurationFiles } from '../ai-agents/index.js';
import type { CredentialService } from '../credentials/index.js';
import { addressesIn, parseEgress } from '../egress/index.js';
import { instanceName } from './instance-input.js';
import { InstanceEntity } from './instance.entity.js';
import type { KeyDelivery } from './instance.entity.js';
import { InstancePinEntity } from './instance-pin.entity.js';
import { viewsOf } from './instance.views.js';
import type { InstanceView } from './instance.views.js';
import { topics, type EventBus } from '../../ports/event-bus.js';
import { missError } from '../../kernel/ownership.js';

/** What becomes of runs when their instance is stopped or deleted. */
export interface InstanceRuns {
  /** How many have not ended. */
  active(manager: EntityManager, actor: Actor, instanceId: InstanceId): Promise<number>;
  /** Asks for the end of all that have not ended, in the caller's transaction. */
  cancelAll(manager: EntityManager, actor: Actor, instanceId: InstanceId): Promise<readonly RunId[]>;
  /** Tells their owners and watchers, after the commit. */
  announce(runs: readonly RunId[]): void;
}

export interface InstanceServiceDependencies {
  readonly dataSource: DataSource;
  readonly credentials: CredentialService;
  readonly files: ConfigurationFiles;
  readonly runs: InstanceRuns;
  /** For hosts on egress lists. */
  readonly egressPolicy: ConnectPolicy;
  /** Told when the features that an instance allows have changed. */
  readonly bus: EventBus;
}

export interface UpdateInstance {
  readonly instanceId: string;
  readonly name?: string | null | undefined;
  readonly egress?: readonly string[] | null | undefined;
  readonly keyDelivery?: KeyDelivery | null | undefined;
  readonly providerFeatures?: readonly ProviderFeature[] | null | undefined;
}

/** Instances and what is configured on them. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
export class InstanceService {
  constructor(private readonly deps: InstanceServiceDependencies) {}

  get manager(): EntityManager {
    return this.deps.dataSource.manager;
  }

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

  /**
   * What is left out stays. Throws DUPLICATE_NAME as `create` does. New egress lists and deliveries hold for runs asked for from
   * now on; features that are allowed, or no longer, for the next model call of every run.
   */
  async update(actor: Actor, input: UpdateInstance): Promise<InstanceView> {
    const id = uuidArgument<InstanceId>('input.instanceId', input.instanceId);
    const name = input.name == null ? undefined : instanceName('input.name', input.name);
    const egress = input.egress == null ? undefined : await this.#checkedEgress(input.egress);
    const features = input.providerFeatures == null ? undefined : [...new Set(input.providerFeatures)].sort();
    const view = await this.locked(actor, id, async (manager, instance) => {
      const keyDelivery = input.keyDelivery ?? instance.keyDelivery;
      const providerFeatures = features ?? instance.providerFeatures;
      const changed = {
        ...{ name: name ?? instance.name, egress: egress ?? instance.egress, keyDelivery, providerFeatures },
      };
      await uniquelyNamed(changed.name, () =>
        manager.update(InstanceEntity, { tenantId: actor.tenantId, id }, changed),
      );
      const details = {
        ...(name !== undefined && { name }),
        ...(egress && { egress: egress.join(' ') }),
        ...(input.keyDelivery && { keyDelivery }),
        ...(features && { providerFeatures: features.join(' ') }),
      };
      if (Object.keys(details).length > 0)
        await Audit.record(manager, actor, { action: 'INSTANCE_UPDATED', instanceId: id, details });
      const [updated] = await viewsOf(manager, [Object.assign(instance, changed)]);
      return updated!;
    });
    if (features) this.deps.bus.publish(topics.instance(id));
    return view;
  }

  /** Pins what is configured; a running instance stays as it is. Throws CREDENTIAL_UNREADABLE when a key does not open. */
  async start(actor: Actor, instanceId: string): Promise<InstanceView> {
    return this.#pin(actor, instanceId, { anew: false });
  }

  /** As `start`, but a running instance is pinned anew. Runs under way go on with what they have. */
  async restart(actor: Actor, instanceId: string): Promise<InstanceView> {
    return this.#pin(actor, instanceId, { anew: true });
  }

  /**
   * Takes no more runs; those that there are go on with what they pinned, or are cancelled by force. What `runAgent` asks the
   * instance's models is ended.
   */
  async stop(actor: Actor, instanceId: string, force = false): Promise<InstanceView> {
    const id = uuidArgument<InstanceId>('id', instanceId);
    const { view, cancelled } = await this.locked(actor, id, async (manager, instance) => {
      await manager.delete(InstancePinEntity, { tenantId: actor.tenantId, instanceId: id });
      const runs = force ? await this.deps.runs.cancelAll(manager, actor, id) : [];
      if (instance.state === 'RUNNING') {
        await Audit.record(manager, actor, { action: 'INSTANCE_STOPPED', instanceId: id, details: forced(force) });
      }
      return { view: await this.#setState(manager, instance, 'STOPPED'), cancelled: runs };
    });
    this.deps.runs.announce(cancelled);
    this.deps.bus.publish(topics.instance(id));
    return view;
  }

  /**
   * Removes pins and files, retires its keys and frees its name for another; its runs, usage and audit stay and can still be
   * read by its id. A key is destroyed within 10 s of the end of the last run that uses it. Throws INSTANCE_IN_USE while runs have not ended, unless they are cancelled by force.
   */
  async delete(actor: Actor, instanceId: string, force = false): Promise<InstanceId> {
    const id = uuidArgument<InstanceId>('id', instanceId);
    const place = { tenantId: actor.tenantId, instanceId: id };
    const cancelled = await this.locked(actor, id, async (manager, instance) => {
      const active = await this.deps.runs.active(manager, actor, id);
      if (active > 0 && !force) {
        throw new TriagedError(
          'INSTANCE_IN_USE',
          `${active} of its runs have not ended: wait for them, or delete the instance with force, which cancels them.`,
          { instanceId: id, activeRuns: active },
        );
      }
      const runs = await this.deps.runs.cancelAll(manager, actor, id);
      await manager.delete(InstancePinEntity, place);
      for (const aiAgent of AI_AGENT_NAMES) await this.deps.credentials.retire(manager, actor, { ...place, aiAgent });
      const details = { name: instance.name, ...forced(force) };
      await Audit.record(manager, actor, { action: 'INSTANCE_DELETED', instanceId: id, details });
      const gone = { state: 'STOPPED', startedAt: null, deletedAt: () => 'clock_timestamp()' } as const;
      await manager.update(InstanceEntity, { tenantId: actor.tenantId, id }, gone);
      return runs;
    });
    this.deps.runs.announce(cancelled);
    this.deps.bus.publish(topics.instance(id));
    await this.deps.files.materialise(actor.tenantId, id);
    return id;
  }

  async get(actor: Actor, instanceId: string): Promise<InstanceView> {
    const instance = await this.requireOwn(actor, uuidArgument<InstanceId>('id', instanceId));
    const [view] = await viewsOf(this.deps.dataSource.manager, [instance]);
    return view!;
  }

  /** The tenant's own instance; rejects with NOT_FOUND or FORBIDDEN. */
  async requireOwn(actor: Actor, id: InstanceId): Promise<InstanceEntity> {
    const row = await this.requireKnown(actor, id);
    if (row.deletedAt !== null) throw notFound('instance', row.id);
    return row;
  }

  /** As `requireOwn`, but also one that was deleted: its history is still there. */
  async requireKnown(actor: Actor, id: InstanceId): Promise<InstanceEntity> {
    const { dataSource } = this.deps;
    const uuid = uuidArgument<InstanceId>('instanceId', id);
    const row = await dataSource.manager.findOneBy(InstanceEntity, { tenantId: actor.tenantId, id: uuid });
    if (!row) throw await missError(dataSource, 'instance', actor.tenantId, uuid);
    return row;
  }

  /** Whether it is there and takes runs. */
  isRunning(tenantId: TenantId, id: InstanceId): Promise<boolean> {
    return this.deps.dataSource.manager.existsBy(InstanceEntity, { tenantId, id, state: 'RUNNING' });
  }

  /**
   * In one transaction that holds the instance's row, so that versions and pins of one instance do not race. `work` is done
   * again when Postgres gave the transaction up in favour of another.
   */
  async locked<T>(
    actor: Actor,
    id: InstanceId,
    work: (manager: EntityManager, instance: InstanceEntity) => Promise<T>,
  ): Promise<T> {
    await this.requireOwn(actor, id);
    const attempt = async (manager: EntityManager): Promise<T> => {
      const where = { tenantId: actor.tenantId, id, deletedAt: IsNull() };
      const instance = await manager.findOne(InstanceEntity, { where, lock: { mode: 'pessimistic_write' } });
      if (!instance) throw notFound('instance', id);
      return work(manager, instance);
    };
    return retryingDeadlocks(() => this.deps.dataSource.transaction(attempt));
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

  async #pin(actor: Actor, instanceId: string, { anew }: { readonly anew: boolean }): Promise<InstanceView> {
    const id = uuidArgument<InstanceId>('id', instanceId);
    const place = { tenantId: actor.tenantId, instanceId: id };
    const view = await this.locked(actor, id, async (manager, instance) => {
      const [before] = await viewsOf(manager, [instance]);
      const isRunning = instance.state === 'RUNNING';
      if (isRunning && !anew) return before!;
      await manager.delete(InstancePinEntity, place);
      for (const { aiAgent, configuration, credential } of before!.aiAgents) {
        if (!configuration || !credential) continue;
        await this.deps.credentials.open(manager, credential);
        await manager.insert(InstancePinEntity, {
          ...place,
          aiAgent,
          configurationRevision: configuration.revision,
          credentialVersion: credential.version,
        });
      }
      const action = isRunning ? 'INSTANCE_RESTARTED' : 'INSTANCE_STARTED';
      await Audit.record(manager, actor, { action, instanceId: id, details: pinned(before!) });
      return this.#setState(manager, instance, 'RUNNING');
    });
    await this.deps.files.materialise(actor.tenantId, id);
    return view;
  }

  async #setState(manager: EntityManager, { tenantId, id }: InstanceEntity, state: 'RUNNING' | 'STOPPED') {
    const startedAt = state === 'RUNNING' ? () => 'clock_timestamp()' : null;
    await manager.update(InstanceEntity, { tenantId, id }, { state, startedAt });
    const [view] = await viewsOf(manager, [await manager.findOneByOrFail(InstanceEntity, { tenantId, id })]);
    return view!;
  }
}

const forced = (force: boolean): Record<string, string> => (force ? { force: 'true' } : {});

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
