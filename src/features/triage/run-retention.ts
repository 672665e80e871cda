import type { Logger } from 'pino';
import type { Closable } from '../../kernel/closing.js';
import { failpoint } from '../../kernel/failpoints.js';
import type { RunId } from '../../kernel/ids.js';
import { Loop } from '../../kernel/loop.js';
import type { RetentionStore } from './retention.store.js';
import type { RunPolicy } from './run-policy.js';

const EVERY_MS = 60 * 60_000;
const BATCH = 1_000;
/** Files that no row knows may be about to be known, or be of a backup that is being restored. */
const UNKNOWN_MS = 24 * 60 * 60_000;

/** What lies on disk of runs. */
export interface RunFiles {
  /** The runs that anything is there of. */
  runs(): Promise<RunId[]>;
  /** When anything of the run was last changed; undefined when nothing is there. */
  changedAt(runId: RunId): Promise<Date | undefined>;
  /** Removes all of it; harmless when it is gone, also in part. */
  remove(runId: RunId): Promise<void>;
}

export interface RunRetentionDependencies {
  readonly store: Pick<RetentionStore, 'expire' | 'gone' | 'knowsGroup'>;
  readonly policy: Pick<RunPolicy, 'retention'>;
  /** In the run folder. */
  readonly files: readonly RunFiles[];
  readonly logger: Logger;
}

/**
 * Removes logs and artifacts of runs whose time is over, at the start and once an hour. First the row says that they are
 * gone, then they go: whatever lies in the run folder and has expired by its row is removed, whoever marked it and whenever,
 * so a kill in between costs an hour, and servers that share the folder do no harm to each other. No open run can be marked.
 */
export class RunRetention implements Closable {
  readonly #loop: Loop;

  constructor(private readonly deps: RunRetentionDependencies) {
    this.#loop = new Loop({
      everyMs: EVERY_MS,
      work: () => this.sweep(),
      onError: (error) => deps.logger.warn({ err: error }, 'expired runs could not be removed yet'),
    });
  }

  start(): void {
    this.#loop.start();
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  async sweep(): Promise<void> {
    const { store, policy, files, logger } = this.deps;
    for (let marked = BATCH; marked === BATCH;) {
      const expired = await store.expire(policy.retention(), BATCH);
      marked = expired.length;
      if (marked > 0) logger.info({ runs: marked }, 'runs have expired');
    }
    failpoint('run-expired');
    const present = [...new Set((await Promise.all(files.map((each) => each.runs()))).flat())];
    for (let from = 0; from < present.length; from += BATCH) await this.#clear(present.slice(from, from + BATCH));
  }

  async #clear(present: readonly RunId[]): Promise<void> {
    const { store, logger } = this.deps;
    const { expired, unknown } = await store.gone(present);
    for (const runId of expired) await this.#remove(runId);
    // A folder of another database's runs, all of which are unknown here, is not this one's to clear.
    if (unknown.length === 0 || !(await store.knowsGroup())) return;
    for (const runId of unknown) {
      if (!(await this.#isOld(runId))) continue;
      logger.warn({ runId }, 'files of a run that no row knows are removed');
      await this.#remove(runId);
    }
  }

  async #isOld(runId: RunId): Promise<boolean> {
    const changed = await Promise.all(this.deps.files.map((each) => each.changedAt(runId)));
    return changed.every((at) => at === undefined || Date.now() - at.getTime() > UNKNOWN_MS);
  }

  /** What cannot be removed now is found again, and keeps none of the others. */
  async #remove(runId: RunId): Promise<void> {
    try {
      for (const each of this.deps.files) await each.remove(runId);
    } catch (error) {
      this.deps.logger.warn({ err: error, runId }, 'files of an expired run could not be removed yet');
    }
  }
}
