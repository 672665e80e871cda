import type { Actor } from '../../kernel/actor.js';
import { isDatabaseUnavailable } from '../../kernel/database-errors.js';
import { badUserInput } from '../../kernel/errors.js';
import { inTenant } from '../../kernel/tenant-scope.js';
import type { EventBus } from '../../ports/event-bus.js';
import { RunLogFeeds } from '../run-log/index.js';
import type { RunLogChunk, RunLogEncoding, RunLogReader } from '../run-log/index.js';
import { requireKept } from './expired-run.js';
import { LONG_TEXTS, type LongText } from './run-columns.js';
import { hasEnded } from './run-state.js';
import { watchRun } from './run-watch.js';
import type { QueuedRun, QueuePositions } from './queue-positions.js';
import type { TriageService } from './triage.service.js';

export interface TriageStreamDependencies {
  readonly triage: TriageService;
  readonly logs: RunLogReader;
  readonly bus: EventBus;
  readonly positions: Pick<QueuePositions, 'of'>;
}

/** What can be followed of a run. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND, before anything is followed. */
export class TriageStream {
  readonly #feeds: RunLogFeeds;

  constructor(private readonly deps: TriageStreamDependencies) {
    this.#feeds = new RunLogFeeds({ store: deps.logs, bus: deps.bus });
  }

  /** The log from an offset on, to its last byte; RUN_EXPIRED when it is no longer kept, also when it goes meanwhile. An offset past the end of a run that has ended is BAD_USER_INPUT. */
  async output(
    actor: Actor,
    runId: string,
    fromOffset: number,
    encoding: RunLogEncoding,
  ): Promise<AsyncIterableIterator<RunLogChunk>> {
    const { triage, logs } = this.deps;
    const run = await triage.get(actor, runId, { path: 'runId', without: LONG_TEXTS });
    requireKept(run);
    const size = await logs.size(run.id);
    const now = () => inTenant(actor.tenantId, () => triage.get(actor, run.id, { without: LONG_TEXTS }));
    const onShort = async (): Promise<void> => requireKept(await now());
    const knownBytes = hasEnded(run.state) ? run.logBytes : 0;
    if (size < knownBytes) await onShort();
    if (hasEnded(run.state) && fromOffset > size) {
      throw badUserInput('fromOffset', `The run has ended and its log has ${size} bytes: start at ${size} or before.`, {
        size,
      });
    }
    // The log goes on while the database is away, and so does whoever follows it.
    const ended = (): Promise<boolean> =>
      now().then(
        ({ state }) => hasEnded(state),
        (error: unknown) => {
          if (isDatabaseUnavailable(error)) return false;
          throw error;
        },
      );
    return this.#feeds.follow({
      runId: run.id,
      fromOffset,
      encoding,
      hasEnded: ended,
      removal: { knownBytes, onShort },
    });
  }

  /** The run as it stands, then each change, also of its place in the queue when that is wanted; ends after its end. */
  async changes(
    actor: Actor,
    runId: string,
    {
      withPosition = false,
      without = [],
    }: { readonly withPosition?: boolean; readonly without?: readonly LongText[] } = {},
  ): Promise<AsyncIterableIterator<QueuedRun>> {
    const { triage, bus, positions } = this.deps;
    const { id } = await triage.get(actor, runId, { path: 'runId', without: LONG_TEXTS });
    return watchRun(id, bus, async () => {
      const run = await triage.get(actor, id, { without });
      if (!withPosition) return run;
      const queuePosition = await positions.of(run);
      // It left the queue between the two reads: what is told must fit together.
      const hasLeft = queuePosition === null && run.state === 'QUEUED';
      return Object.assign(hasLeft ? await triage.get(actor, id, { without }) : run, { queuePosition });
    });
  }
}
