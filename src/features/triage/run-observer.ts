import type { Logger } from 'pino';
import type { RunId } from '../../kernel/ids.js';
import type { EndedState, RunReason } from './run-state.js';
import type { TriageRunEntity } from './triage-run.entity.js';

/** By the database's clock. */
export interface RunTimes {
  /** When its agent started; null when none did. */
  readonly startedAt: Date | null;
  readonly endedAt: Date;
}

export interface ObservedEnd extends RunTimes {
  readonly state: EndedState;
  readonly reason: RunReason | undefined;
  readonly exitCode: number | null;
}

/** Is told what this server does with runs; neither throws nor waits. */
export interface RunObserver {
  /** It has taken the run up, first or after another owner. */
  held(run: TriageRunEntity): void;
  /** It has recorded the run's end. Not told when the database's confirmation was lost on the way. */
  ended(run: TriageRunEntity, end: ObservedEnd): void;
  /** It has ended another group's run as LOST. */
  forsaken(run: TriageRunEntity): void;
  /** It has nothing more to do with the run. */
  left(runId: RunId): void;
}

/** Tells each; what one throws is logged, and is no matter of the run's. */
export function tellObservers(
  { observers = [], logger }: { readonly observers?: readonly RunObserver[] | undefined; readonly logger: Logger },
  tell: (observer: RunObserver) => void,
): void {
  for (const observer of observers) {
    try {
      tell(observer);
    } catch (error) {
      logger.error({ err: error }, 'an observer of runs failed');
    }
  }
}
