import type { Logger } from 'pino';
import type { ConnectPolicy } from '../../kernel/connect-policy.js';
import { inTenant } from '../../kernel/tenant-scope.js';
import type { ClusterService } from '../clusters/index.js';
import { RunEgress } from '../egress/index.js';
import { clusterOf } from './run-cluster.js';
import type { RunStore } from './run.store.js';
import type { TriageRunEntity } from './triage-run.entity.js';

export interface RunNetworksDependencies {
  readonly store: Pick<RunStore, 'keepNetwork'>;
  readonly policies: { readonly cluster: ConnectPolicy; readonly egress: ConnectPolicy };
  readonly clusters: Pick<ClusterService, 'address'>;
  readonly logger: Logger;
}

/** Each run's way out of its container. */
export class RunNetworks {
  constructor(private readonly deps: RunNetworksDependencies) {}

  of(run: TriageRunEntity): RunEgress {
    const cluster = clusterOf(run);
    const { store, policies, clusters, logger } = this.deps;
    return new RunEgress({
      egress: run.egress,
      cluster: async () => cluster && inTenant(run.tenantId, () => clusters.address(cluster)),
      policies,
      record: run.network,
      save: (record) => store.keepNetwork(run, record),
      logger: logger.child({ runId: run.id }),
    });
  }
}
