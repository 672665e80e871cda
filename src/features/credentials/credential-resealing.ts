import type { DataSource } from 'typeorm';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import { CredentialSealer } from './credential-sealer.js';
import type { CredentialPlace } from './credential-sealer.js';
import type { SealedRows } from './resealing.js';
import type { Sealer } from './sealer.js';

const PART = 100;
const FIRST = { tenantId: '', instanceId: '00000000-0000-0000-0000-000000000000', aiAgent: '', version: 0 };

interface SealedCredential extends CredentialPlace {
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
  readonly sealed: Buffer;
}

/** AI agents' keys. Their fingerprints come from the master secret and are made anew, as long as there is a key to make them of. */
export function sealedCredentials(dataSource: DataSource, sealer: Sealer): SealedRows<SealedCredential> {
  const credentials = new CredentialSealer(sealer);
  return {
    name: 'API keys',
    next: (after) => {
      const { tenantId, instanceId, aiAgent, version } = after ?? FIRST;
      return dataSource.query(
        `SELECT tenant_id AS "tenantId", instance_id AS "instanceId", ai_agent AS "aiAgent", version, sealed FROM credentials
          WHERE sealed IS NOT NULL AND substring(sealed for $6) <> $5
            AND (tenant_id, instance_id, ai_agent, version) > ($1, $2, $3, $4)
          ORDER BY tenant_id, instance_id, ai_agent, version LIMIT ${PART}`,
        [tenantId, instanceId, aiAgent, version, sealer.prefix, sealer.prefix.length],
      );
    },
    placeOf: ({ tenantId, instanceId, aiAgent, version }) => ({ tenantId, instanceId, aiAgent, version }),
    async reseal({ sealed, ...place }, resealed) {
      const key = credentials.open(place, sealed);
      const { tenantId, instanceId, aiAgent, version } = place;
      const values = [credentials.seal(place, key), credentials.fingerprint(tenantId, key)];
      resealed();
      const [, written] = await dataSource.query<[unknown, number]>(
        `UPDATE credentials SET sealed = $1, fingerprint = $2
          WHERE tenant_id = $3 AND instance_id = $4 AND ai_agent = $5 AND version = $6 AND sealed = $7`,
        [...values, tenantId, instanceId, aiAgent, version, sealed],
      );
      return written > 0;
    },
  };
}
