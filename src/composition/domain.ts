import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { RunFolder } from '../adapters/data-folder/index.js';
import { StatementSource } from '../adapters/database/statement-source.js';
import type { Config } from '../config/index.js';
import { ConfigurationFiles, ConfigurationFolder, ConfigurationHistory } from '../features/ai-agents/index.js';
import { ArtifactStore } from '../features/artifacts/index.js';
import { AuditRepository, AuditResolver, AuditService } from '../features/audit/index.js';
import { ClusterResolver, unusedClusterConnections } from '../features/clusters/index.js';
import { ConnectionTestResolver, ConnectionTestService } from '../features/connection-tests/index.js';
import {
  CredentialHistory,
  CredentialSealer,
  CredentialService,
  Sealer,
  SecretDestruction,
  unusedCredentials,
} from '../features/credentials/index.js';
import { Gateway } from '../features/gateway/index.js';
import {
  AiAgentKeyResolver,
  AiAgentKeyService,
  AiAgentsService,
  InstanceAiAgentResolver,
  InstanceResolver,
  InstanceList,
  InstanceService,
} from '../features/instances/index.js';
import {
  CallGate,
  KnownLimits,
  LimitNotices,
  LimitsResolver,
  LimitsService,
  LimitsStore,
  RunSpending,
} from '../features/limits/index.js';
import { RunLogStore, type RunLogReader } from '../features/run-log/index.js';
import { SharedArtifacts, SharedRunLogs } from '../features/servers/index.js';
import { ActorResolver } from '../features/tenants/index.js';
import {
  createTriageSubscriptionResolver,
  cutRunsOf,
  InstanceEnvironmentResolver,
  InstanceRuns,
  QueuePositions,
  RunBriefing,
  RetentionStore,
  RunReportStore,
  RunRetention,
  TriageArtifacts,
  TriageHistory,
  TriageResolver,
  TriageRunResolver,
  TriageService,
  TriageStream,
} from '../features/triage/index.js';
import type { RunPolicy } from '../features/triage/index.js';
import {
  createUsageSubscriptionResolver,
  JournalFolders,
  ModelPrices,
  spentOnDay,
  UnknownCallsService,
  UsageJournal,
  UsageMeter,
  UsageResolver,
  UsageService,
  UsageStore,
} from '../features/usage/index.js';
import type { TenantId } from '../kernel/ids.js';
import type { MasterSecrets } from '../kernel/master-secrets.js';
import { Pager } from '../kernel/pager.js';
import { createClusters } from './clusters.js';
import type { ConnectPolicies } from './connect-policies.js';
import type { ObservedParts } from './observed-parts.js';
import { createPlatform } from './platform.js';
import { createSupervisor } from './supervisor.js';
import type { Servers } from './servers.js';
import type { CallLimiter } from '../ports/call-limiter.js';
import type { ContainerRuntime } from '../ports/container-runtime.js';
import type { EventBus } from '../ports/event-bus.js';
import type { ModelUpstream } from '../ports/model-upstream.js';

const MAX_ARTIFACT_BYTES = 256 * 1024 ** 2;
/** As many as triaged-init sends. */
const MAX_ARTIFACT_ENTRIES = 50_000;
/** How long who follows a log waits for a server that has it, and how long who asks once. */
const FOLLOWER_PATIENCE_MS = 30_000;
const READER_PATIENCE_MS = 3_000;

export interface DomainDependencies {
  readonly config: Config;
  readonly logger: Logger;
  readonly dataSource: DataSource;
  /** For runs and figures of all tenants. */
  readonly workerSource: DataSource;
  readonly bus: EventBus;
  readonly callLimiter: CallLimiter;
  readonly upstream: ModelUpstream;
  readonly runtime: ContainerRuntime;
  readonly policies: ConnectPolicies;
  /** Whether the tenant's clusters may be registered with credentials that read Secrets. */
  readonly allowsSecretReading: (tenantId: TenantId) => boolean;
  readonly runPolicy: RunPolicy;
  readonly masterSecrets: MasterSecrets;
  readonly workerId: string;
  readonly observed: ObservedParts;
  readonly runFolder: RunFolder;
  readonly servers: Servers;
  readonly journals: JournalFolders;
}

/** Builds the features. What must be closed is handed back; the caller closes it before what it was given. */
export function createDomain(deps: DomainDependencies) {
  const {
    config,
    logger,
    dataSource,
    workerSource,
    bus,
    upstream,
    runtime,
    masterSecrets,
    policies,
    runPolicy,
    observed,
    runFolder,
    servers,
    journals,
  } = deps;
  const { defaultPageLimit: defaultLimit, maxPageLimit: maxLimit } = config.platform;
  const pager = new Pager({ masterSecret: masterSecrets.primary, defaultLimit, maxLimit });
  const sealer = new Sealer(masterSecrets);
  const credentials = new CredentialService({ sealer: new CredentialSealer(sealer), logger });
  const folders = new ConfigurationFolder(config.dataRoot);
  const files = new ConfigurationFiles({ dataSource, folders, logger });
  const runs = new InstanceRuns({ bus });
  const instances = new InstanceService({ dataSource, credentials, files, runs, egressPolicy: policies.egress, bus });
  const history = new ConfigurationHistory(dataSource);
  const aiAgents = new AiAgentsService({ instances, credentials, files, history, modelPolicy: policies.model, pager });

  const keys = new AiAgentKeyService({ instances, credentials, cutRuns: cutRunsOf, bus });
  const destruction = new SecretDestruction({
    kinds: [unusedCredentials(dataSource), unusedClusterConnections(dataSource)],
    logger,
  });
  const connectionTests = new ConnectionTestService({ instances, credentials, folders, upstream });

  const clusters = createClusters({ ...deps, sealer });

  const prices = new ModelPrices(config.modelPrices);
  const journal = new UsageJournal({ id: journals.id, directory: journals.directory, logger });
  const usageStore = new UsageStore({ dataSource: workerSource, prices });
  const meter = new UsageMeter({ journal, folders: journals, store: usageStore, prices, bus, logger });
  const usage = new UsageService({ source: dataSource, bus, instances });

  const spentOn = spentOnDay(dataSource, prices);
  const knownLimits = new KnownLimits({ store: new LimitsStore(dataSource), spentOn, bus, logger });
  const limits = new LimitsService({ instances, known: knownLimits, bus, prices });
  const runSpending = new RunSpending(prices);
  const gate = new CallGate({
    known: knownLimits,
    limiter: deps.callLimiter,
    runs: runSpending,
    notices: new LimitNotices({ dataSource, logger }),
    prices,
  });
  const gateway = observed.gateway(
    new Gateway({ upstream, journal: observed.journal(journal), gate: observed.gate(gate), logger }),
  );

  const logs = new RunLogStore({
    directory: runFolder.logs,
    ...{ bus, maxBytes: config.maxLogBytes },
    ...(observed.logWritten && { written: observed.logWritten }),
  });
  const artifacts = new ArtifactStore({
    directory: runFolder.artifacts,
    maxEntries: MAX_ARTIFACT_ENTRIES,
    maxBytes: MAX_ARTIFACT_BYTES,
  });
  const briefing = new RunBriefing({
    dataSource,
    credentials,
    clusters,
    folders,
    runtime,
    masterSecrets,
    maxArtifactBytes: MAX_ARTIFACT_BYTES,
  });
  const supervisor =
    config.role === 'api'
      ? undefined
      : createSupervisor({ ...deps, clusters, logs, artifacts, briefing, gateway, meter, spending: runSpending });
  const retention =
    config.role === 'api'
      ? undefined
      : new RunRetention({
          store: new RetentionStore({ workerSource: deps.workerSource, runGroup: deps.runFolder.group }),
          policy: runPolicy,
          files: [logs, artifacts],
          logger,
        });
  // A server that has no engine takes what one that has one will carry out.
  const accepting =
    config.role === 'api' ? { kind: runtime.kind, check: () => servers.directory.requireWorker() } : runtime;

  const defaults = { timeoutSeconds: config.containerTimeoutSeconds, memoryBytes: config.containerMemoryBytes };
  const policy = runPolicy;
  const triage = new TriageService({
    ...{ dataSource, instances, credentials, clusters, upstream, bus, policy, defaults, runtime: accepting },
    startTrace: observed.startTrace,
  });
  const { groups, peers } = servers;
  const logsOf = (patienceMs: number): RunLogReader => new SharedRunLogs({ own: logs, groups, peers, patienceMs });
  const sharedArtifacts = new SharedArtifacts({ own: artifacts, groups, peers });
  const positions = new QueuePositions(dataSource);
  const UsageSubscriptionResolver = createUsageSubscriptionResolver(usage);
  const TriageSubscriptionResolver = createTriageSubscriptionResolver(
    new TriageStream({ triage, bus, positions, logs: logsOf(FOLLOWER_PATIENCE_MS) }),
  );

  const statements = new StatementSource(dataSource);
  const platform = createPlatform({
    dataSource,
    statements,
    masterSecret: masterSecrets.primary,
    limits: config.platform,
    ...{ instances, credentials, gateway, bus, trace: observed.executionTrace },
  });

  const audit = new AuditService({ repository: new AuditRepository(dataSource), pager });

  const resolvers: readonly object[] = [
    new ActorResolver(),
    ...platform.resolvers,
    new InstanceResolver({ instances, list: new InstanceList({ dataSource, pager }) }),
    new AiAgentKeyResolver({ keys, history: new CredentialHistory(dataSource) }),
    new ConnectionTestResolver({ connectionTests }),
    new InstanceAiAgentResolver({ aiAgents }),
    new InstanceEnvironmentResolver({ briefing, history }),
    new LimitsResolver({ limits }),
    new ClusterResolver({ clusters }),
    new UsageResolver({ usage, unknownCalls: new UnknownCallsService({ source: dataSource, pager, instances }) }),
    new UsageSubscriptionResolver(),
    new AuditResolver({ audit }),
    new TriageResolver({ triage, history: new TriageHistory({ dataSource, instances, clusters, pager }) }),
    new TriageRunResolver({
      ...{ clusters, pager, positions, reports: new RunReportStore(dataSource) },
      ...{ logs: logsOf(READER_PATIENCE_MS), artifacts: sharedArtifacts },
    }),
    new TriageSubscriptionResolver(),
  ];
  return {
    files,
    meter,
    knownLimits,
    supervisor,
    destruction,
    retention,
    resolvers,
    downloads: new TriageArtifacts({ triage, artifacts: sharedArtifacts }),
    ...{ logs, artifacts },
  };
}
