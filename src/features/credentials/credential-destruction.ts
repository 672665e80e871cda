import type { DataSource } from 'typeorm';
import { failpoint } from '../../kernel/failpoints.js';
import { Audit } from '../audit/index.js';
import type { CredentialPlace } from './credential-sealer.js';
import type { UnusedSecrets } from './secret-destruction.js';

const THIS = `tenant_id = $1 AND instance_id = $2 AND ai_agent = $3 AND version = $4`;

/** AI agents' keys: the ROTATED versions that no start pins and no open run uses. Their rows stay. */
export const unusedCredentials =
  (dataSource: DataSource): UnusedSecrets =>
  async () => {
    const unused: CredentialPlace[] = await dataSource.query(
      `SELECT tenant_id AS "tenantId", instance_id AS "instanceId", ai_agent AS "aiAgent", version FROM unused_credentials()`,
    );
    return unused.map(({ tenantId, ...place }) => ({
      tenantId,
      place,
      destroy: () => destroy(dataSource, { tenantId, ...place }),
    }));
  };

/** Who queues a run holds its version first: it is left alone, and looked at again once the lock is had. */
function destroy(dataSource: DataSource, place: CredentialPlace): Promise<void> {
  const { tenantId, instanceId, aiAgent, version } = place;
  const key = [tenantId, instanceId, aiAgent, version];
  return dataSource.transaction(async (manager) => {
    const locked = await manager.query<unknown[]>(`SELECT FROM credentials WHERE ${THIS} FOR UPDATE SKIP LOCKED`, key);
    if (locked.length === 0) return;
    const [, destroyed] = await manager.query<[unknown, number]>(
      `UPDATE credentials SET sealed = NULL, destroyed_at = clock_timestamp()
        WHERE ${THIS} AND EXISTS (SELECT FROM unused_credentials() WHERE ${THIS})`,
      key,
    );
    if (destroyed === 0) return;
    failpoint('key-destruction-written');
    const subject = { instanceId, aiAgent, credentialVersion: version };
    await Audit.record(manager, { tenantId }, { action: 'CREDENTIAL_DESTROYED', ...subject });
  });
}
