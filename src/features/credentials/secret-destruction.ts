import type { Logger } from 'pino';
import type { Closable } from '../../kernel/closing.js';
import type { TenantId } from '../../kernel/ids.js';
import { Loop } from '../../kernel/loop.js';
import { inTenant } from '../../kernel/tenant-scope.js';

const LOOK_MS = 10_000;

/** A sealed secret that nothing can use any more. */
export interface UnusedSecret {
  readonly tenantId: TenantId;
  /** Which it is, for the operator; no secret. */
  readonly place: Readonly<Record<string, unknown>>;
  /** Leaves it alone when somebody holds it; it is found again. */
  destroy(): Promise<void>;
}

/** Finds those of one kind, of all tenants. */
export type UnusedSecrets = () => Promise<readonly UnusedSecret[]>;

/** Destroys sealed secrets that nothing uses any more, every 10 s. */
export class SecretDestruction implements Closable {
  readonly #loop: Loop;

  constructor(private readonly deps: { readonly kinds: readonly UnusedSecrets[]; readonly logger: Logger }) {
    this.#loop = new Loop({
      everyMs: LOOK_MS,
      work: () => this.destroyUnused(),
      onError: (error) => deps.logger.warn({ err: error }, 'unused credentials could not be looked for'),
    });
  }

  start(): void {
    this.#loop.start();
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  /** One that cannot be destroyed keeps none of the others. */
  async destroyUnused(): Promise<void> {
    for (const find of this.deps.kinds) {
      for (const secret of await find()) await this.#destroy(secret);
    }
  }

  async #destroy(secret: UnusedSecret): Promise<void> {
    const { tenantId, place } = secret;
    try {
      await inTenant(tenantId, () => secret.destroy());
    } catch (error) {
      this.deps.logger.warn({ err: error, tenantId, ...place }, 'an unused credential could not be destroyed yet');
    }
  }
}
