import { ChangeWatch } from '../../kernel/change-watch.js';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import { FIGURE_NAMES } from '../usage/index.js';
import { hasEnded } from './run-state.js';
import type { QueuedRun } from './queue-positions.js';

const LOOK_MS = 1_000;

const versionOf = (run: QueuedRun): string => {
  const { state, queuePosition, startedAt, endedAt, cancelRequestedAt } = run;
  return JSON.stringify([
    state,
    queuePosition,
    startedAt,
    endedAt,
    cancelRequestedAt,
    FIGURE_NAMES.map((name) => run[name]),
  ]);
};

/** The run as it stands, then each change of it; ends after its end. */
export const watchRun = (runId: string, bus: EventBus, read: () => Promise<QueuedRun>): ChangeWatch<QueuedRun> =>
  new ChangeWatch({
    subscribe: (listener) => bus.subscribe(topics.run(runId), listener),
    read,
    versionOf,
    isLast: ({ state }) => hasEnded(state),
    lookMs: LOOK_MS,
  });
