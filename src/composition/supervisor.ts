import { RunChannelServer } from '../features/run-channel/index.js';
import { RunNetworks, RunStore, RunSupervisor, runtimeKind } from '../features/triage/index.js';
import type { RunNetworksDependencies, RunSupervisorDependencies } from '../features/triage/index.js';
import type { DomainDependencies } from './domain.js';

/** Of each container. */
const CPUS = 2;
const PIDS = 512;

type SupervisorOptions = Omit<DomainDependencies, 'journals'> &
  Pick<RunSupervisorDependencies, 'logs' | 'artifacts' | 'briefing' | 'gateway' | 'meter' | 'spending'> &
  Pick<RunNetworksDependencies, 'clusters'>;

/** Builds what carries out runs. Must be closed before what it was given. */
export function createSupervisor(options: SupervisorOptions): RunSupervisor {
  const { config, logger, dataSource, workerSource, bus, runtime, workerId, policies, runPolicy, observed } = options;
  const { logs, artifacts, briefing, gateway, meter, spending, clusters, runFolder } = options;
  const store = new RunStore({
    ...{ dataSource, workerSource, workerId, policy: runPolicy },
    runGroup: runFolder.group,
    runtime: runtimeKind(runtime),
  });
  return new RunSupervisor({
    store,
    networks: new RunNetworks({ store, policies, clusters, logger }),
    runtime,
    channels: new RunChannelServer({ directory: config.channelDir, logger }),
    logs,
    artifacts,
    briefing,
    gateway,
    meter,
    spending,
    bus,
    logger,
    cpus: CPUS,
    pids: PIDS,
    silenceSeconds: config.runSilenceSeconds,
    maxConcurrentRuns: config.maxConcurrentRuns,
    observers: observed.runs,
  });
}
