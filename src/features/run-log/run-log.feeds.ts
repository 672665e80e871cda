import { badUserInput } from '../../kernel/errors.js';
import type { RunId } from '../../kernel/ids.js';
import { outsideTenants } from '../../kernel/tenant-scope.js';
import type { EventBus } from '../../ports/event-bus.js';
import { RunLogChunks } from './run-log.chunks.js';
import { RunLogFeed } from './run-log.feed.js';
import { RunLogTail, type RunLogPosition, type RunLogRemoval } from './run-log.tail.js';
import type { RunLogChunk, RunLogReader } from './types.js';

export interface FollowOptions extends RunLogPosition {
  readonly runId: RunId;
  /**
   * True once nothing will be appended any more. Asked for all who follow the run, in no tenant's scope: of those who came
   * together the first one's serves.
   */
  readonly hasEnded: () => Promise<boolean>;
  /** Without it, a log that is removed while it is followed ends early. */
  readonly removal?: RunLogRemoval | undefined;
  /** Ends the iteration like `return()`. */
  readonly signal?: AbortSignal | undefined;
}

/** The logs of a server's runs, as they are followed: watched, read and decoded once for all who follow the same one. */
export class RunLogFeeds {
  readonly #chunks: RunLogChunks;
  readonly #feeds = new Map<RunId, RunLogFeed>();

  constructor(private readonly deps: { readonly store: RunLogReader; readonly bus: EventBus }) {
    this.#chunks = new RunLogChunks(deps.store);
  }

  /**
   * Yields the log from an offset, waits for more at its end, and ends after the last byte of a run that has ended. The log
   * need not exist yet. A consumer that stops asking costs no memory; `return()` wakes a parked `next()`.
   */
  follow({ runId, hasEnded, signal, ...from }: FollowOptions): AsyncIterableIterator<RunLogChunk> {
    if (!Number.isSafeInteger(from.fromOffset) || from.fromOffset < 0) {
      throw badUserInput('fromOffset', 'fromOffset must be a byte offset: a whole number from 0 to 2^53 - 1.');
    }
    return new RunLogTail({
      ...from,
      signal,
      feed: () => this.#feedOf(runId, hasEnded),
      read: (encoding, offset, extent) => this.#chunks.at(runId, encoding, offset, extent),
    });
  }

  #feedOf(runId: RunId, hasEnded: () => Promise<boolean>): RunLogFeed {
    const known = this.#feeds.get(runId);
    if (known) return known;
    const onOver = (): void => {
      if (this.#feeds.get(runId) === feed) this.#feeds.delete(runId);
    };
    const ask = (): Promise<boolean> => outsideTenants(hasEnded);
    const feed: RunLogFeed = new RunLogFeed({ ...this.deps, runId, hasEnded: ask, onOver });
    this.#feeds.set(runId, feed);
    return feed;
  }
}
