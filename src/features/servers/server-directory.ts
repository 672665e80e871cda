import type { Logger } from 'pino';
import type { Closable } from '../../kernel/closing.js';
import { TriagedError } from '../../kernel/errors.js';
import { Loop } from '../../kernel/loop.js';
import { carriesOutRuns } from './server.js';
import type { KnownServer } from './server.js';
import type { ServerStore } from './server.store.js';

const HEARTBEAT_MS = 5_000;
/** However many ask, the database is not asked more often. */
const FRESH_MS = 250;

/** Which servers there are. Says every 5 s that this one is, once it was announced. */
export class ServerDirectory implements Closable {
  readonly #heartbeat: Loop;
  #own: KnownServer | undefined;
  #live: readonly KnownServer[] = [];
  #askedAt = -Infinity;
  #asking: Promise<readonly KnownServer[]> | undefined;

  constructor(private readonly deps: { readonly store: ServerStore; readonly logger: Logger }) {
    this.#heartbeat = new Loop({
      everyMs: HEARTBEAT_MS,
      work: () => this.#beat(),
      onError: (error) => deps.logger.warn({ err: error }, 'other servers cannot be told of this one, nor it of them'),
    });
  }

  async announce(own: KnownServer): Promise<void> {
    this.#own = own;
    await this.#beat();
    this.#heartbeat.start();
  }

  /** Those of the last heartbeat, without this one. */
  get others(): readonly KnownServer[] {
    return this.#live.filter(({ id }) => id !== this.#own?.id);
  }

  /** Other servers that have the group's run folder, as of now. Rejects while the database is away and none is known. */
  async ofGroup(runGroup: string): Promise<readonly KnownServer[]> {
    const live = await this.#look().catch((error: unknown) => {
      if (this.#live.length === 0) throw error;
      return this.#live;
    });
    return live.filter((server) => server.runGroup === runGroup && server.id !== this.#own?.id);
  }

  /** Rejects with RUNTIME_UNAVAILABLE unless some server carries out runs. */
  async requireWorker(): Promise<void> {
    if (this.#live.some(carriesOutRuns) || (await this.#look()).some(carriesOutRuns)) return;
    throw new TriagedError(
      'RUNTIME_UNAVAILABLE',
      'No server that carries out runs is there. Start one with ROLE=worker, or see why it does not reach the database.',
    );
  }

  /** Says that this server is there no more. */
  async close(): Promise<void> {
    await this.#heartbeat.close();
    if (!this.#own) return;
    await this.deps.store
      .withdraw(this.#own.id)
      .catch((error: unknown) =>
        this.deps.logger.warn({ err: error }, 'other servers will notice by themselves that this one is gone'),
      );
  }

  async #beat(): Promise<void> {
    if (this.#own) await this.deps.store.announce(this.#own);
    this.#askedAt = -Infinity;
    await this.#look();
  }

  #look(): Promise<readonly KnownServer[]> {
    if (performance.now() - this.#askedAt < FRESH_MS) return Promise.resolve(this.#live);
    this.#asking ??= this.deps.store
      .live()
      .then((live) => {
        this.#askedAt = performance.now();
        this.#live = live;
        return live;
      })
      .finally(() => (this.#asking = undefined));
    return this.#asking;
  }
}
