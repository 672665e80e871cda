import type { DataSource } from 'typeorm';
import { inTenant } from '../../../kernel/tenant-scope.js';
import { topics } from '../../../ports/event-bus.js';
import type { EventBus } from '../../../ports/event-bus.js';
import { revokedError } from '../../credentials/index.js';
import type { CredentialPlace, CredentialService } from '../../credentials/index.js';

export interface KeyWatchDependencies {
  readonly dataSource: DataSource;
  readonly credentials: Pick<CredentialService, 'isRevoked'>;
  readonly bus: EventBus;
}

/** Ticks may be lost: then a revoked key serves a call that is under way so much longer. */
const LOOK_MS = 5_000;

/** Looks after a key while a call is made with it. */
export class KeyWatch {
  readonly #revoked = new AbortController();
  #looks: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;

  private constructor(
    private readonly deps: KeyWatchDependencies,
    private readonly place: CredentialPlace,
  ) {}

  /** A revocation after this has resolved is heard, until the watch is closed. */
  static async begin(deps: KeyWatchDependencies, place: CredentialPlace): Promise<KeyWatch> {
    const watch = new KeyWatch(deps, place);
    const look = (): void => watch.#look();
    watch.#unsubscribe = await deps.bus.subscribe(topics.revokedKeys(place.instanceId), look);
    watch.#looks = setInterval(look, LOOK_MS);
    return watch;
  }

  /** Aborted, with CREDENTIAL_REVOKED, when the key is revoked. */
  get signal(): AbortSignal {
    return this.#revoked.signal;
  }

  close(): void {
    clearInterval(this.#looks);
    this.#unsubscribe?.();
  }

  #look(): void {
    const { credentials, dataSource } = this.deps;
    inTenant(this.place.tenantId, () => credentials.isRevoked(dataSource.manager, this.place)).then(
      (isRevoked) => isRevoked && this.#revoked.abort(revokedError(this.place)),
      // The next look tells.
      () => undefined,
    );
  }
}
