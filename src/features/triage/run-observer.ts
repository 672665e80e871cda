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
  /** It has recorded the run's end. */
  ended(run: TriageRunEntity, end: ObservedEnd): void;
  /** It has nothing more to do with the run. */
  left(runId: RunId): void;
}
