import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { FakeRuntime } from '../../src/adapters/container-runtime/fake-runtime.js';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { MemoryEventBus } from '../../src/adapters/event-bus/memory-event-bus.js';
import {
  AiAgentConfigurationEntity,
  ConfigurationFiles,
  ConfigurationFolder,
  ConfigurationHistory,
} from '../../src/features/ai-agents/index.js';
import { ArtifactStore } from '../../src/features/artifacts/index.js';
import {
  ClusterEntity,
  ClusterRepository,
  ClusterSealer,
  ClusterService,
  unusedClusterConnections,
} from '../../src/features/clusters/index.js';
import type { Dial } from '../../src/features/clusters/index.js';
import {
  CredentialEntity,
  CredentialSealer,
  CredentialService,
  Sealer,
  SecretDestruction,
  unusedCredentials,
} from '../../src/features/credentials/index.js';
import {
  AiAgentKeyService,
  AiAgentsService,
  InstanceEntity,
  InstancePinEntity,
  InstanceList,
  InstanceService,
} from '../../src/features/instances/index.js';
import { AiAgentLimitsEntity, RunSpending } from '../../src/features/limits/index.js';
import { RunChannelServer } from '../../src/features/run-channel/index.js';
import { RunLogStore } from '../../src/features/run-log/index.js';
import {
  cutRunsOf,
  InstanceRuns,
  QueuePositions,
  RunBriefing,
  RunNetworks,
  runtimeKind,
  RetentionStore,
  RunRetention,
  RunStore,
  RunSupervisor,
  TriageHistory,
  TriageRunEntity,
  TriageService,
  TriageStream,
} from '../../src/features/triage/index.js';
import type { Retention, RunObserver, RunPolicy } from '../../src/features/triage/index.js';
import { ModelPrices } from '../../src/features/usage/index.js';
import { Pager } from '../../src/kernel/pager.js';
import { ConnectPolicy } from '../../src/kernel/connect-policy.js';
import { systemResolver } from '../../src/kernel/guarded-connect.js';
import type { Actor } from '../../src/kernel/actor.js';
import type { TenantId } from '../../src/kernel/ids.js';
import type { ContainerRuntime } from '../../src/ports/container-runtime.js';
import { createTestDatabase } from './postgres.js';
import type { TestDatabase } from './postgres.js';

const logger = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
const entities = [
  InstanceEntity,
  InstancePinEntity,
  AiAgentConfigurationEntity,
  CredentialEntity,
  ClusterEntity,
  TriageRunEntity,
  AiAgentLimitsEntity,
];

/** The public internet, as a server without configuration has it. */
const connectPolicy = () => new ConnectPolicy({ networks: [], ownServices: () => [], resolve: systemResolver });

export const actorOf = (tenant: string): Actor => ({ tenantId: tenant as TenantId, role: 'ADMIN', keyId: 'test' });
/** Of a tenant that may register credentials that read Secrets. */
export const SECRET_READERS = actorOf('secret-readers');
export const MODEL = 'sonnet';
export const API_KEY = 'sk-ant-test-0123456789abcdef';

const dialDirectly: Dial = async ({ host, port }, signal) => {
  const socket = connect({ host, port });
  await once(socket, 'connect', { signal });
  return socket;
};

/** One server's domain on a database: services, and a supervisor when asked for. Several may share database and folder. */
export class DomainServer {
  readonly bus = new MemoryEventBus();
  readonly spending = new RunSpending(new ModelPrices({}));
  readonly credentials: CredentialService;
  readonly files: ConfigurationFiles;
  readonly revisions: ConfigurationHistory;
  readonly briefing: RunBriefing;
  readonly instances: InstanceService;
  readonly instanceList: InstanceList;
  readonly keys: AiAgentKeyService;
  readonly destruction: SecretDestruction;
  readonly aiAgents: AiAgentsService;
  readonly clusters: ClusterService;
  readonly triage: TriageService;
  readonly history: TriageHistory;
  readonly stream: TriageStream;
  readonly logs: RunLogStore;
  readonly artifacts: ArtifactStore;
  readonly store: RunStore;
  readonly retentionStore: RetentionStore;

  constructor(
    readonly dataSource: DataSource,
    private readonly options: {
      workerSource: DataSource;
      folder: string;
      masterSecret: Buffer;
      runtime: ContainerRuntime;
      workerId: string;
      runGroup: string;
      maxLogBytes: number;
      policy: RunPolicy;
      silenceSeconds: number;
    },
  ) {
    const { workerSource, folder, masterSecret, runtime, workerId, runGroup, maxLogBytes } = options;
    const { bus } = this;
    const policy = options.policy;
    const pager = new Pager({ masterSecret, defaultLimit: 20, maxLimit: 100 });
    const sealer = new Sealer({ primary: masterSecret });
    this.credentials = new CredentialService({ sealer: new CredentialSealer(sealer), logger });
    const folders = new ConfigurationFolder(path.join(folder, 'instances'));
    const egressPolicy = connectPolicy();
    const { credentials } = this;
    const files = new ConfigurationFiles({ dataSource, folders, logger });
    const runs = new InstanceRuns({ bus });
    this.instances = new InstanceService({ dataSource, credentials, files, runs, egressPolicy, bus });
    this.instanceList = new InstanceList({ dataSource, pager });
    this.revisions = new ConfigurationHistory(dataSource);
    this.aiAgents = new AiAgentsService({
      instances: this.instances,
      credentials,
      files,
      history: this.revisions,
      modelPolicy: connectPolicy(),
      pager,
    });
    this.files = files;
    this.keys = new AiAgentKeyService({ instances: this.instances, credentials, cutRuns: cutRunsOf, bus });
    this.destruction = new SecretDestruction({
      kinds: [unusedCredentials(dataSource), unusedClusterConnections(dataSource)],
      logger,
    });
    this.clusters = new ClusterService({
      repository: new ClusterRepository(dataSource),
      sealer: new ClusterSealer(sealer),
      dial: dialDirectly,
      pager,
      allowsSecretReading: (tenantId) => tenantId === SECRET_READERS.tenantId,
      limits: { maxNameLength: 100 },
      logger,
    });
    this.logs = new RunLogStore({ directory: path.join(folder, 'logs'), bus, maxBytes: maxLogBytes });
    this.artifacts = new ArtifactStore({ directory: path.join(folder, 'artifacts'), maxEntries: 100, maxBytes: 1e8 });
    this.store = new RunStore({ dataSource, workerSource, workerId, policy, runGroup, runtime: runtimeKind(runtime) });
    this.retentionStore = new RetentionStore({ workerSource, runGroup });
    this.briefing = new RunBriefing({
      dataSource,
      credentials,
      clusters: this.clusters,
      folders,
      runtime,
      masterSecrets: { primary: masterSecret },
      maxArtifactBytes: 1e8,
    });
    const defaults = { timeoutSeconds: 600, memoryBytes: 2 * 1024 ** 3 };
    this.triage = new TriageService({
      dataSource,
      instances: this.instances,
      credentials,
      clusters: this.clusters,
      runtime,
      upstream: { kind: 'mock' },
      bus,
      policy,
      defaults,
    });
    this.history = new TriageHistory({ dataSource, instances: this.instances, clusters: this.clusters, pager });
    this.stream = new TriageStream({
      ...{ triage: this.triage, logs: this.logs, bus },
      positions: new QueuePositions(dataSource),
    });
  }

  /** What is marked, by this policy, and removed, as a server of this run group does. */
  retention(kept: Retention): RunRetention {
    return new RunRetention({
      store: this.retentionStore,
      policy: { retention: () => kept },
      files: [this.logs, this.artifacts],
      logger,
    });
  }

  supervisor(maxConcurrentRuns = 4, observers: readonly RunObserver[] = []): RunSupervisor {
    const { folder, runtime } = this.options;
    const { clusters, store, logs, artifacts, bus } = this;
    const policies = { cluster: connectPolicy(), egress: connectPolicy() };
    return new RunSupervisor({
      store,
      networks: new RunNetworks({ store, policies, clusters, logger }),
      runtime,
      channels: new RunChannelServer({ directory: path.join(folder, 'ch'), logger }),
      logs,
      artifacts,
      briefing: this.briefing,
      gateway: {
        handle: async (_request, response) => void response.writeHead(404).end(),
        refuse: (response) => void response.writeHead(401).end(),
        refuseUnread: (_request, response) => void response.writeHead(503).end(),
      },
      meter: { flush: () => Promise.resolve(), takeOver: () => Promise.resolve() },
      spending: this.spending,
      bus,
      logger,
      cpus: 1,
      pids: 64,
      silenceSeconds: this.options.silenceSeconds,
      maxConcurrentRuns,
      observers,
    });
  }

  /** Nothing of it reaches the database any more, though it lives on. */
  async cutOff(): Promise<void> {
    await Promise.all([this.dataSource.destroy(), this.options.workerSource.destroy()]);
  }

  /** A started instance with Claude Code. */
  async startedInstance(actor: Actor): Promise<string> {
    const { instance } = await this.instances.create(actor, `i-${randomBytes(6).toString('hex')}`);
    await this.aiAgents.configure(actor, { instanceId: instance.id, aiAgent: 'CLAUDE_CODE', apiKey: API_KEY });
    await this.instances.start(actor, instance.id);
    return instance.id;
  }

  async startRun(actor: Actor, instanceId: string, fakeAgent: object = {}, more: object = {}) {
    const incident = JSON.stringify({ id: 'inc-1', fakeAgent });
    return this.triage.start(actor, { instanceId, aiAgent: 'CLAUDE_CODE', prompt: 'Why?', incident, ...more });
  }

  /** Waits until the run satisfies the condition. */
  async awaitRun(
    actor: Actor,
    id: string,
    condition: (run: TriageRunEntity) => boolean = ({ endedAt }) => endedAt !== null,
    seconds = 30,
  ): Promise<TriageRunEntity> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const run = await this.triage.get(actor, id);
      if (condition(run)) return run;
      if (Date.now() > deadline) throw new Error(`the run is ${run.state} ${run.reasonCode ?? ''} after ${seconds} s`);
      await sleep(20);
    }
  }
}

/** A database and a folder, and servers on them that share a fake engine. */
export class DomainRig {
  readonly runtime = new FakeRuntime();
  readonly masterSecret = randomBytes(32);
  readonly #dataSources: DataSource[] = [];

  static async create(): Promise<DomainRig> {
    return new DomainRig(await createTestDatabase(), await mkdtemp(path.join(tmpdir(), 'triaged-')));
  }

  private constructor(
    private readonly database: TestDatabase,
    readonly folder: string,
  ) {}

  get databaseUrl(): string {
    return this.database.url;
  }

  async server(
    options: {
      workerId?: string;
      runGroup?: string;
      runtime?: ContainerRuntime;
      maxLogBytes?: number;
      policy?: Partial<RunPolicy>;
      silenceSeconds?: number;
    } = {},
  ): Promise<DomainServer> {
    const shared = { url: this.database.url, entities, migrations, logger };
    // Services are called here without a request, which would set the tenant: as the owner of the tables.
    const dataSource = createDataSource({ ...shared, poolSize: 4 });
    const workerSource = createDataSource({ ...shared, poolSize: 2, role: 'triaged_worker' });
    this.#dataSources.push(dataSource, workerSource);
    await dataSource.initialize();
    await dataSource.runMigrations();
    await workerSource.initialize();
    return new DomainServer(dataSource, {
      workerSource,
      folder: this.folder,
      masterSecret: this.masterSecret,
      runtime: options.runtime ?? this.runtime,
      workerId: options.workerId ?? 'worker-a',
      runGroup: options.runGroup ?? 'group-a',
      maxLogBytes: options.maxLogBytes ?? 64 * 1024 ** 2,
      policy: {
        maxQueuedRuns: () => 1_000,
        maxConcurrentRuns: () => ({}),
        retention: () => ({ days: null, ofTenants: {} }),
        ...options.policy,
      },
      silenceSeconds: options.silenceSeconds ?? 0,
    });
  }

  async close(): Promise<void> {
    await this.runtime.close();
    for (const dataSource of this.#dataSources) if (dataSource.isInitialized) await dataSource.destroy();
    await this.database.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
