import { createHmac } from 'node:crypto';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import type { Sealer, SealingPlace } from './sealer.js';

/** Where a sealed key belongs; it opens nowhere else. */
export interface CredentialPlace {
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
  readonly version: number;
}

const sealingPlace = ({ tenantId, instanceId, aiAgent, version }: CredentialPlace): SealingPlace => ({
  keyOf: ['credential', tenantId, instanceId],
  boundTo: [tenantId, instanceId, aiAgent, version],
});

/** Seals AI agents' keys, each instance's under a key of its own, bound to their place. */
export class CredentialSealer {
  constructor(private readonly sealer: Sealer) {}

  seal(place: CredentialPlace, key: string): Buffer {
    return this.sealer.seal(sealingPlace(place), key);
  }

  /** Throws SealBroken when anything differs: the place, the master secret, a single bit. */
  open(place: CredentialPlace, sealed: Buffer): string {
    return this.sealer.open(sealingPlace(place), sealed);
  }

  /** 16 hex digits, equal for equal keys of one tenant. */
  fingerprint(tenantId: TenantId, key: string): string {
    const secret = this.sealer.derive(['credential-fingerprint', tenantId]);
    return createHmac('sha256', secret).update(key).digest('hex').slice(0, 16);
  }
}
