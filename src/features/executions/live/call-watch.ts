import type { DataSource } from 'typeorm';
import { TriagedError } from '../../../kernel/errors.js';
import { inTenant } from '../../../kernel/tenant-scope.js';
import { topics } from '../../../ports/event-bus.js';
import type { EventBus } from '../../../ports/event-bus.js';
import { revokedError } from '../../credentials/index.js';
import type { CredentialPlace, CredentialService } from '../../credentials/index.js';
import type { InstanceService } from '../../instances/index.js';

export interface CallWatchDependencies {
  readonly dataSource: DataSource;
  readonly credentials: Pick<CredentialService, 'isRevoked'>;
  readonly instances: Pick<InstanceService, 'isRunning'>;
  readonly bus: EventBus;
}

/** Ticks may be lost: then a revoked key, or a stopped instance, serves a call that is under way so much longer. */
const LOOK_MS = 5_000;

/** Looks after a key and its instance while a call is made with it. */
export class CallWatch {
  readonly #ended = new AbortController();
  #looks: NodeJS.Timeout | undefined;
  readonly #unsubscribe: (() => void)[] = [];

  private constructor(
    private readonly deps: CallWatchDependencies,
    private readonly place: CredentialPlace,
  ) {}

  /** What happens after this has resolved is heard, and what happened before is known, until the watch is closed. */
  static async begin(deps: CallWatchDependencies, place: CredentialPlace): Promise<CallWatch> {
    const watch = new CallWatch(deps, place);
    const look = (): void => void watch.#look();
    try {
      for (const topic of [topics.revokedKeys(place.instanceId), topics.instance(place.instanceId)])
        watch.#unsubscribe.push(await deps.bus.subscribe(topic, look));
      await watch.#look();
    } catch (error) {
      watch.close();
      throw error;
    }
    watch.#looks = setInterval(look, LOOK_MS);
    return watch;
  }

  /** Aborted, with CREDENTIAL_REVOKED, when the key is revoked; with INSTANCE_NOT_RUNNING when its instance is stopped or deleted. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  close(): void {
    clearInterval(this.#looks);
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
  }

  /** Never rejects: what cannot be seen now, the next look tells. */
  async #look(): Promise<void> {
    try {
      const reason = await inTenant(this.place.tenantId, () => this.#reasonToEnd());
      if (reason) this.#ended.abort(reason);
    } catch {
      // The database is away.
    }
  }

  async #reasonToEnd(): Promise<TriagedError | undefined> {
    const { credentials, instances, dataSource } = this.deps;
    const { tenantId, instanceId } = this.place;
    if (await credentials.isRevoked(dataSource.manager, this.place)) return revokedError(this.place);
    if (await instances.isRunning(tenantId, instanceId)) return undefined;
    const message = 'The instance was stopped before its model had answered.';
    return new TriagedError('INSTANCE_NOT_RUNNING', message, { instanceId });
  }
}
