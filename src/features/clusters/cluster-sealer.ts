import type { ClusterId, TenantId } from '../../kernel/ids.js';
import type { Sealer, SealingPlace } from '../credentials/index.js';
import type { ClusterCredential } from './cluster-connection.js';

/** Where a sealed credential belongs; it opens nowhere else. */
export interface ClusterCredentialPlace {
  readonly tenantId: TenantId;
  readonly clusterId: ClusterId;
  readonly version: number;
}

const sealingPlace = ({ tenantId, clusterId, version }: ClusterCredentialPlace): SealingPlace => ({
  keyOf: ['cluster-credential', tenantId, clusterId],
  boundTo: [tenantId, clusterId, version],
});

/** Seals clusters' credentials, each cluster's under a key of its own, bound to their place. */
export class ClusterSealer {
  constructor(private readonly sealer: Sealer) {}

  seal(place: ClusterCredentialPlace, credential: ClusterCredential): Buffer {
    return this.sealer.seal(sealingPlace(place), JSON.stringify(credential));
  }

  /** Throws SealBroken when anything differs: the place, the master secret, a single bit. */
  open(place: ClusterCredentialPlace, sealed: Buffer): ClusterCredential {
    return JSON.parse(this.sealer.open(sealingPlace(place), sealed)) as ClusterCredential;
  }
}
