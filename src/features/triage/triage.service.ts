import { IsNull } from 'typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { notFound, TriagedError } from '../../kernel/errors.js';
import { newRunId } from '../../kernel/ids.js';
import type { InstanceId, RunId, TenantId } from '../../kernel/ids.js';
import type { ModelUpstreamKind } from '../../kernel/model-upstream-enum.js';
import { missError } from '../../kernel/ownership.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import type { ContainerRuntime } from '../../ports/container-runtime.js';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import type { ModelUpstream } from '../../ports/model-upstream.js';
import { adapterOf, AiAgentConfigurationEntity, bindingOf } from '../ai-agents/index.js';
import { Audit } from '../audit/index.js';
import type { ClusterService } from '../clusters/index.js';
import { revokedError } from '../credentials/index.js';
import type { CredentialService } from '../credentials/index.js';
import { aiAgentView, InstanceEntity, InstancePinEntity } from '../instances/index.js';
import type { InstanceService } from '../instances/index.js';
import { runColumns, type LongText } from './run-columns.js';
import type { RunPolicy } from './run-policy.js';
import { lockQueue, requireRoom } from './run-queue.js';
import type { StartTrace } from './start-trace.js';
import { checkTriageInput, digestOf } from './triage-input.js';
import type { CheckedTriageInput, TriageInput } from './triage-input.js';
import { runtimeKind, TriageRunEntity } from './triage-run.entity.js';

export interface TriageServiceDependencies {
  readonly dataSource: DataSource;
  readonly instances: InstanceService;
  readonly credentials: Pick<CredentialService, 'hold'>;
  readonly clusters: Pick<ClusterService, 'get' | 'requireUsable' | 'pin'>;
  readonly runtime: Pick<ContainerRuntime, 'kind' | 'check'>;
  readonly upstream: Pick<ModelUpstream, 'kind'>;
  readonly bus: EventBus;
  /** Undefined when nobody traces. */
  readonly startTrace?: StartTrace | undefined;
  readonly policy: Pick<RunPolicy, 'maxQueuedRuns'>;
  readonly defaults: { readonly timeoutSeconds: number; readonly memoryBytes: number };
}

/** Starts, shows and cancels triage runs. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
export class TriageService {
  constructor(private readonly deps: TriageServiceDependencies) {}

  /**
   * Queues a run, or throws QUEUE_FULL. Everything else is checked before the row is written. The same idempotency key with the same input gives the
   * first run again, with another input IDEMPOTENCY_CONFLICT.
   */
  start(actor: Actor, input: TriageInput): Promise<TriageRunEntity> {
    const { startTrace } = this.deps;
    return startTrace
      ? startTrace((traceparent) => this.#start(actor, input, traceparent))
      : this.#start(actor, input, null);
  }

  async #start(actor: Actor, input: TriageInput, traceparent: string | null): Promise<TriageRunEntity> {
    const checked = checkTriageInput(input);
    const digest = digestOf(checked);
    const earlier = await this.#replay(actor.tenantId, checked.idempotencyKey, digest);
    if (earlier) return earlier;

    const instance = await this.deps.instances.requireOwn(actor, checked.instanceId);
    await this.#pinOf(this.deps.dataSource.manager, instance, checked.aiAgent);
    await this.#requireCluster(actor, checked.clusterId);
    await this.deps.runtime.check(checked.aiAgent);

    const id = await this.#queue(actor, { ...checked, traceparent }, digest);
    if (id === undefined) return (await this.#replay(actor.tenantId, checked.idempotencyKey, digest))!;
    this.deps.bus.publish(topics.queue);
    return this.get(actor, id);
  }

  /** `path` names the argument that the id is; what is left out is undefined in the run. */
  async get(
    { tenantId }: Actor,
    runId: string,
    { path = 'id', without = [] }: { readonly path?: string; readonly without?: readonly LongText[] } = {},
  ): Promise<TriageRunEntity> {
    const { dataSource } = this.deps;
    const id = uuidArgument<RunId>(path, runId);
    const select = Object.fromEntries(runColumns(dataSource, without).map((column) => [column, true]));
    const run = await dataSource.manager.findOne(TriageRunEntity, { select, where: { tenantId, id } });
    if (!run) throw await missError(dataSource, 'triage run', tenantId, id);
    return run;
  }

  /** A queued run ends at once; one under way is stopped by its owner; one that has ended stays as it is. */
  async cancel(actor: Actor, runId: string): Promise<TriageRunEntity> {
    const run = await this.get(actor, runId);
    const { id } = run;
    await this.deps.dataSource.transaction(async (manager) => {
      const [, cancelled] = await manager.query<[unknown, number]>(
        `UPDATE triage_runs SET cancel_requested_at = clock_timestamp(),
          state = CASE state WHEN 'QUEUED' THEN 'CANCELLED' ELSE state END,
          ended_at = CASE state WHEN 'QUEUED' THEN clock_timestamp() END
          WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL AND cancel_requested_at IS NULL`,
        [actor.tenantId, id],
      );
      if (cancelled > 0) await Audit.record(manager, actor, { action: 'RUN_CANCELLED', ...subjectsOf(run) });
    });
    this.deps.bus.publish(topics.run(id));
    return this.get(actor, id);
  }

  async #requireCluster(actor: Actor, clusterId: string | null): Promise<void> {
    if (clusterId === null) return;
    this.deps.clusters.requireUsable(actor, await this.deps.clusters.get(actor, clusterId, 'input.clusterId'));
  }

  async #pinOf(manager: EntityManager, instance: InstanceEntity, aiAgent: AiAgent): Promise<InstancePinEntity> {
    const { tenantId, id: instanceId } = instance;
    if (instance.state !== 'RUNNING') throw notRunning(instanceId);
    const pin = await manager.findOneBy(InstancePinEntity, { tenantId, instanceId, aiAgent });
    if (pin) return pin;
    const { newestCredential } = await aiAgentView(manager, instance, aiAgent);
    if (newestCredential?.state === 'REVOKED') throw revokedError(newestCredential);
    throw new TriagedError(
      'AI_AGENT_NOT_CONFIGURED',
      `${aiAgent} was not configured when the instance was started: use configureAiAgent, then restartInstance.`,
      { instanceId, aiAgent },
    );
  }

  async #replay(tenantId: TenantId, idempotencyKey: string | null, digest: Buffer): Promise<TriageRunEntity | null> {
    if (idempotencyKey === null) return null;
    const run = await this.deps.dataSource.manager.findOneBy(TriageRunEntity, { tenantId, idempotencyKey });
    if (!run || run.inputDigest.equals(digest)) return run;
    throw new TriagedError(
      'IDEMPOTENCY_CONFLICT',
      'This idempotency key was used with another input: take a new key for a new run.',
      { idempotencyKey, runId: run.id },
    );
  }

  /**
   * Writes the row under a lock on the instance, so that no run is queued of one that is being stopped or deleted. Undefined
   * when the idempotency key was used meanwhile.
   */
  #queue(
    actor: Actor,
    checked: CheckedTriageInput & Pick<TriageRunEntity, 'traceparent'>,
    digest: Buffer,
  ): Promise<RunId | undefined> {
    const { tenantId } = actor;
    const { instanceId, aiAgent } = checked;
    return this.deps.dataSource.transaction(async (manager) => {
      const where = { tenantId, id: instanceId, deletedAt: IsNull() };
      const instance = await manager.findOne(InstanceEntity, { where, lock: { mode: 'pessimistic_read' } });
      if (!instance) throw notFound('instance', instanceId);
      const pin = await this.#pinOf(manager, instance, aiAgent);
      const configuration = await manager.findOneByOrFail(AiAgentConfigurationEntity, {
        ...{ tenantId, instanceId, aiAgent },
        revision: pin.configurationRevision,
      });
      const { defaultModel } = bindingOf(adapterOf(aiAgent), configuration.provider);
      const model = checked.model ?? configuration.model ?? defaultModel;
      const allowedTools = checked.allowedTools ?? configuration.allowedTools;
      const { egress, keyDelivery } = instance;
      return this.#insert(manager, actor, pin, { ...checked, model, allowedTools, egress, keyDelivery }, digest);
    });
  }

  /** Undefined when the idempotency key was used meanwhile; the unique constraint decides. */
  async #insert(
    manager: EntityManager,
    actor: Actor,
    pin: InstancePinEntity,
    input: CheckedTriageInput & Pick<TriageRunEntity, 'model' | 'egress' | 'keyDelivery' | 'traceparent'>,
    inputDigest: Buffer,
  ): Promise<RunId | undefined> {
    const { runtime, upstream, defaults } = this.deps;
    const row = {
      ...input,
      id: newRunId(),
      tenantId: pin.tenantId,
      configurationRevision: pin.configurationRevision,
      credentialVersion: pin.credentialVersion,
      inputDigest,
      timeoutSeconds: input.timeoutSeconds ?? defaults.timeoutSeconds,
      memoryBytes: input.memoryBytes ?? defaults.memoryBytes,
      runtime: runtimeKind(runtime),
      modelUpstream: upstream.kind.toUpperCase() as ModelUpstreamKind,
    };
    const { tenantId, instanceId, aiAgent, credentialVersion: version } = pin;
    const clusterCredentialVersion =
      input.clusterId === null ? null : await this.deps.clusters.pin(manager, tenantId, input.clusterId);
    const held = await this.deps.credentials.hold(manager, { tenantId, instanceId, aiAgent, version });
    // Its key is gone because it is pinned no more.
    if (!held) throw notRunning(instanceId);
    await lockQueue(manager, tenantId);
    const insert = manager
      .createQueryBuilder()
      .insert()
      .into(TriageRunEntity)
      .values({ ...row, clusterCredentialVersion });
    const result = await insert.orIgnore().returning(['id']).execute();
    if ((result.raw as unknown[]).length === 0) return undefined;
    await requireRoom(manager, tenantId, this.deps.policy.maxQueuedRuns(tenantId));
    const details = { model: row.model };
    await Audit.record(manager, actor, { action: 'RUN_STARTED', ...subjectsOf(row), details });
    return row.id;
  }
}

/** What the audit trail says a run is about. */
const subjectsOf = (
  run: Pick<TriageRunEntity, 'id' | 'instanceId' | 'aiAgent' | 'credentialVersion' | 'clusterId'>,
) => {
  const { id: runId, instanceId, aiAgent, credentialVersion, clusterId } = run;
  return { runId, instanceId, aiAgent, credentialVersion, clusterId };
};

const notRunning = (instanceId: InstanceId): TriagedError =>
  new TriagedError('INSTANCE_NOT_RUNNING', 'The instance is stopped: start it with startInstance.', { instanceId });
