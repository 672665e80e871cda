import type { RunRefusal, RunSpending } from '../limits/index.js';
import type { RunStore } from './run.store.js';
import { spentBy, type TriageRunEntity } from './triage-run.entity.js';

export interface KeptRefusalDependencies {
  readonly store: Pick<RunStore, 'keepRefusal'>;
  readonly spending: Pick<RunSpending, 'take'>;
}

/** An agent may have its calls refused and let through in turn, as often as it likes. */
const EVERY_MS = 1_000;

/**
 * Keeps on a run's row what refused its latest model call, for whoever owns the run next: at once when that was quiet for a
 * second, else a second after it was kept last. What cannot be written is tried again.
 */
export class KeptRefusal {
  #latest: RunRefusal | undefined;
  #kept: RunRefusal | undefined;
  #writing: Promise<void> | undefined;
  #pause: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    kept: RunRefusal | undefined,
    private readonly keep: (refusal: RunRefusal | undefined) => Promise<unknown>,
  ) {
    this.#latest = kept;
    this.#kept = kept;
  }

  /** Takes the run's spending, and what refused it last, over from whoever had it before. */
  static watch({ store, spending }: KeptRefusalDependencies, run: TriageRunEntity, onStuck: () => void): KeptRefusal {
    const refusal = run.refusal ?? undefined;
    const kept = new KeptRefusal(refusal, (latest) => store.keepRefusal(run, latest));
    spending.take(run.id, { figures: spentBy(run), refusal, onStuck, onRefusal: (latest) => kept.change(latest) });
    return kept;
  }

  /** Undefined: its latest call was let through. Waits for nothing. */
  change(refusal: RunRefusal | undefined): void {
    this.#latest = refusal;
    if (!this.#isClosed && !this.#pause) this.#writing ??= this.#write();
  }

  /** With a last try to keep what is not kept yet; never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#pause);
    await this.#writing;
    await this.#tryToKeep();
  }

  async #write(): Promise<void> {
    await this.#tryToKeep();
    this.#writing = undefined;
    if (this.#isClosed) return;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#latest !== this.#kept) this.change(this.#latest);
    }, EVERY_MS);
  }

  async #tryToKeep(): Promise<void> {
    const refusal = this.#latest;
    if (refusal === this.#kept) return;
    await this.keep(refusal).then(
      () => (this.#kept = refusal),
      () => undefined,
    );
  }
}
