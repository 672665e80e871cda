import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Closable } from '../../kernel/closing.js';
import { Loop } from '../../kernel/loop.js';
import { Audit } from '../audit/index.js';
import type { CredentialPlace } from './credential-sealer.js';

const LOOK_MS = 10_000;

/** Nothing can open it any more: no instance has pinned it, no run that uses it is open. */
const UNUSED = `credential.state = 'ROTATED' AND credential.sealed IS NOT NULL
  AND NOT EXISTS (SELECT FROM instance_pins AS pin WHERE pin.tenant_id = credential.tenant_id
    AND pin.instance_id = credential.instance_id AND pin.ai_agent = credential.ai_agent
    AND pin.credential_version = credential.version)
  AND NOT EXISTS (SELECT FROM triage_runs AS run WHERE run.tenant_id = credential.tenant_id
    AND run.instance_id = credential.instance_id AND run.ai_agent = credential.ai_agent
    AND run.credential_version = credential.version AND run.ended_at IS NULL)`;

const THIS = `credential.tenant_id = $1 AND credential.instance_id = $2 AND credential.ai_agent = $3 AND credential.version = $4`;

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
      `SELECT credential.tenant_id AS "tenantId", credential.instance_id AS "instanceId",
        credential.ai_agent AS "aiAgent", credential.version FROM credentials AS credential WHERE ${UNUSED}`,
    );
    for (const place of unused) await this.#destroy(place);
  }

  /** Who queues a run holds its version first: it is left alone, and looked at again once the lock is had. */
  #destroy({ tenantId, instanceId, aiAgent, version }: CredentialPlace): Promise<void> {
    const key = [tenantId, instanceId, aiAgent, version];
    return this.deps.dataSource.transaction(async (manager) => {
      const locked = await manager.query<unknown[]>(
        `SELECT FROM credentials AS credential WHERE ${THIS} FOR UPDATE SKIP LOCKED`,
        key,
      );
      if (locked.length === 0) return;
      const [, destroyed] = await manager.query<[unknown, number]>(
        `UPDATE credentials AS credential SET sealed = NULL, destroyed_at = clock_timestamp() WHERE ${THIS} AND ${UNUSED}`,
        key,
      );
      if (destroyed === 0) return;
      const subject = { instanceId, aiAgent, credentialVersion: version };
      await Audit.record(manager, { tenantId }, { action: 'CREDENTIAL_DESTROYED', ...subject });
    });
  }
}
