import { ChangeWatch } from '../../kernel/change-watch.js';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import { FIGURE_NAMES } from '../usage/index.js';
import { hasEnded } from './run-state.js';
import type { TriageRunEntity } from './triage-run.entity.js';

const LOOK_MS = 1_000;

const versionOf = (run: TriageRunEntity): string =>
  JSON.stringify([run.state, run.startedAt, run.endedAt, run.cancelRequestedAt, FIGURE_NAMES.map((name) => run[name])]);

/** The run as it stands, then each change of it; ends after its end. */
export const watchRun = (
  runId: string,
  bus: EventBus,
  read: () => Promise<TriageRunEntity>,
): ChangeWatch<TriageRunEntity> =>
  new ChangeWatch({
    subscribe: (listener) => bus.subscribe(topics.run(runId), listener),
    read,
    versionOf,
    isLast: ({ state }) => hasEnded(state),
    lookMs: LOOK_MS,
  });
