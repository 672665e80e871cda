import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/index.js';
import { ClusterRepository, ClusterSealer, ClusterService } from '../features/clusters/index.js';
import type { Sealer } from '../features/credentials/index.js';
import { guardedConnect } from '../kernel/guarded-connect.js';
import type { TenantId } from '../kernel/ids.js';
import type { MasterSecrets } from '../kernel/master-secrets.js';
import { Pager } from '../kernel/pager.js';
import type { ConnectPolicies } from './connect-policies.js';

export interface ClustersOptions {
  readonly config: Pick<Config, 'platform'>;
  readonly logger: Logger;
  readonly dataSource: DataSource;
  readonly masterSecrets: MasterSecrets;
  readonly sealer: Sealer;
  readonly policies: Pick<ConnectPolicies, 'cluster'>;
  readonly allowsSecretReading: (tenantId: TenantId) => boolean;
}

const CONNECT_MS = 5_000;

/** Builds the register of clusters. Holds nothing that must be closed. */
export function createClusters(options: ClustersOptions): ClusterService {
  const { dataSource, masterSecrets, sealer, policies, allowsSecretReading, logger } = options;
  const limits = options.config.platform;
  return new ClusterService({
    repository: new ClusterRepository(dataSource),
    sealer: new ClusterSealer(sealer),
    dial: (target, signal) => guardedConnect(target, { policy: policies.cluster, timeoutMs: CONNECT_MS, signal }),
    pager: new Pager({
      masterSecret: masterSecrets.primary,
      defaultLimit: limits.defaultPageLimit,
      maxLimit: limits.maxPageLimit,
    }),
    ...{ allowsSecretReading, limits, logger },
  });
}
