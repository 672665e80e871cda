import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Closable } from '../../kernel/closing.js';
import { failpoint } from '../../kernel/failpoints.js';
import { Loop } from '../../kernel/loop.js';
import { inTenant } from '../../kernel/tenant-scope.js';
import { Audit } from '../audit/index.js';
import type { CredentialPlace } from './credential-sealer.js';

const LOOK_MS = 10_000;

const THIS = `tenant_id = $1 AND instance_id = $2 AND ai_agent = $3 AND version = $4`;

/** Destroys the ciphertext of ROTATED versions that nothing uses any more, of all tenants, every 10 s. The rows stay. */
export class CredentialDestruction implements Closable {
  readonly #loop: Loop;

  constructor(private readonly deps: { readonly dataSource: DataSource; readonly logger: Logger }) {
    this.#loop = new Loop({
      everyMs: LOOK_MS,
      work: () => this.destroyUnused(),
      onError: (error) => deps.logger.warn({ err: error }, 'unused credentials could not be destroyed yet'),
    });
  }

  start(): void {
    this.#loop.start();
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  async destroyUnused(): Promise<void> {
    const unused: CredentialPlace[] = await this.deps.dataSource.query(
      `SELECT tenant_id AS "tenantId", instance_id AS "instanceId", ai_agent AS "aiAgent", version FROM unused_credentials()`,
    );
    for (const place of unused) await inTenant(place.tenantId, () => this.#destroy(place));
  }

  /** Who queues a run holds its version first: it is left alone, and looked at again once the lock is had. */
  #destroy({ tenantId, instanceId, aiAgent, version }: CredentialPlace): Promise<void> {
    const key = [tenantId, instanceId, aiAgent, version];
    return this.deps.dataSource.transaction(async (manager) => {
      const locked = await manager.query<unknown[]>(
        `SELECT FROM credentials WHERE ${THIS} FOR UPDATE SKIP LOCKED`,
        key,
      );
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
}
