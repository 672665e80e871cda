import type { Logger } from 'pino';
import type { Closable } from '../../kernel/closing.js';
import { isDatabaseUnavailable } from '../../kernel/database-errors.js';
import { topics, type EventBus } from '../../ports/event-bus.js';
import type { JournalRecord } from './journal-record.js';
import type { JournalSegment } from './journal-segment.js';
import type { JournalFolders } from './journal-folders.js';
import type { BegunModelCall } from './model-call.js';
import type { ModelPrices } from './model-prices.js';
import type { LeftJournal } from './left-journal.js';
import { linesOf, type SegmentLines } from './segment-reader.js';
import type { UsageJournal } from './usage-journal.js';
import { UsageSums } from './usage-sums.js';
import type { UsageStore } from './usage.store.js';

export interface UsageMeterDependencies {
  readonly journal: UsageJournal;
  readonly folders: Pick<JournalFolders, 'takeOver'>;
  readonly store: Pick<UsageStore, keyof UsageStore>;
  readonly prices: ModelPrices;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** 1 s unless told. */
  readonly flushIntervalMs?: number;
}

const FLUSH_INTERVAL_MS = 1000;
const UNKNOWN_AT_ONCE = 1000;

/**
 * Brings what the journal says into the database, off the calls' path: every second, on demand, and first of all what
 * processes left that are gone. What cannot be written waits in the journal, on disk, also for who takes it over.
 * INVARIANT: one flush is under way at a time, so that a segment is applied in the order of its lines.
 */
export class UsageMeter implements Closable {
  #flushing: Promise<void> | undefined;
  #takingOver: Promise<void> | undefined;
  #failing = false;
  /** Journals of others that could not be brought in, of which it was said. */
  readonly #stuck = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly deps: UsageMeterDependencies) {}

  /** To be called before the first call is recorded. Rejects when the database is away. */
  async start(): Promise<void> {
    await this.takeOver();
    const { flushIntervalMs = FLUSH_INTERVAL_MS } = this.deps;
    this.#timer = setInterval(() => void this.#flushQuietly(), flushIntervalMs).unref();
  }

  /**
   * Brings in what processes wrote down that are gone by now. Rejects, keeping it, when the database is away. A journal that
   * fails by itself is told once and tried again at the next call; it keeps no other waiting.
   */
  takeOver(): Promise<void> {
    this.#takingOver ??= this.#takeOver().finally(() => (this.#takingOver = undefined));
    return this.#takingOver;
  }

  /** Resolves once all that was recorded before is written; rejects, keeping it, when the database is away. */
  async flush(): Promise<void> {
    // A flush under way may have begun before the latest call was recorded: then another one follows it.
    if (this.#flushing) await this.#flushing;
    await this.#flushOnce();
  }

  /** No call is recorded any more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const { journal } = this.deps;
    journal.seal();
    await this.#takingOver?.catch(() => undefined);
    try {
      await this.flush();
    } finally {
      journal.close();
    }
  }

  #flushOnce(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => (this.#flushing = undefined));
    return this.#flushing;
  }

  async #write(): Promise<void> {
    const { journal } = this.deps;
    journal.retry();
    for (const segment of [...journal.segments]) {
      await this.#apply(segment);
      if (!segment.sealed || segment.applied < segment.size) continue;
      journal.remove(segment);
      await this.deps.store.forget(segment.id);
    }
  }

  /** Says once that the database is away, and once that it is back. */
  async #flushQuietly(): Promise<void> {
    try {
      await this.#flushOnce();
      if (this.#failing) this.deps.logger.info('usage figures are written again');
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) {
        this.deps.logger.warn({ err: error }, 'usage figures could not be written; kept in the journal for later');
      }
      this.#failing = true;
    }
  }

  /** Applies what is there now; what comes meanwhile is for the next time. */
  async #apply(segment: JournalSegment): Promise<void> {
    for await (const lines of linesOf(segment, segment.applied, segment.size)) {
      segment.applied = await this.#applyLines(segment, lines);
      // An attempt whose answer was lost had gone further: once more from there.
      if (segment.applied !== lines.to) return this.#apply(segment);
    }
  }

  async #applyLines(segment: JournalSegment, { from, to, records, damaged, torn }: SegmentLines): Promise<number> {
    const { store, prices, bus, logger } = this.deps;
    const { journalId, id: segmentId, file } = segment;
    const sums = new UsageSums(prices);
    for (const record of records) sums.add(record);
    const applied = await store.apply({ journalId, segmentId, from, to }, sums);
    if (applied !== to) return applied;
    if (torn) logger.warn({ file }, 'the usage journal ends amid a line: it was being written when the process died');
    if (damaged > 0) {
      segment.isDamaged = true;
      const said =
        'lines of the usage journal cannot be read: the others are counted, the file is put aside as .damaged';
      logger.error({ file, damaged, from, to }, said);
    }
    for (const { runId } of sums.runs()) bus.publish(topics.run(runId));
    for (const id of new Set(sums.daily().map(({ instanceId }) => instanceId))) bus.publish(topics.usage(id));
    return applied;
  }

  async #takeOver(): Promise<void> {
    const lefts = await this.deps.folders.takeOver((journalId, error) => this.#saySo(journalId, error));
    for (const left of lefts) {
      try {
        await this.#settle(left);
        this.#stuck.delete(left.id);
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw error;
        this.#saySo(left.id, error);
      }
    }
  }

  #saySo(journalId: string, error: unknown): void {
    if (this.#stuck.has(journalId)) return;
    this.#stuck.add(journalId);
    const said = 'the usage journal of a process that is gone cannot be brought in; it is kept and tried again';
    this.deps.logger.error({ err: error, journalId }, said);
  }

  async #settle(left: LeftJournal): Promise<void> {
    const segments = left.segments();
    try {
      await this.#bringIn(segments);
    } finally {
      for (const segment of segments) segment.close();
    }
    await this.deps.store.forgetJournal(left.id);
    await left.remove();
  }

  async #bringIn(segments: readonly JournalSegment[]): Promise<void> {
    if (segments.length === 0) return;
    const { store, logger } = this.deps;
    const open = new Map<string, BegunModelCall>();
    for (const segment of segments) {
      for await (const { records, damaged } of linesOf(segment, 0, segment.size)) {
        // Also of a part that an earlier process has applied.
        if (damaged > 0) segment.isDamaged = true;
        records.forEach((each) => follow(open, each));
      }
      segment.applied = await store.appliedTo(segment.id);
      await this.#apply(segment);
    }
    const unknown = [...open.values()];
    for (let at = 0; at < unknown.length; at += UNKNOWN_AT_ONCE) {
      await store.addUnknown(unknown.slice(at, at + UNKNOWN_AT_ONCE));
    }
    for (const segment of segments) segment.remove();
    const found = { segments: segments.length, unknownCalls: unknown.length };
    logger.info(found, 'model calls that another process had written down, which is gone, were added');
  }
}

function follow(open: Map<string, BegunModelCall>, record: JournalRecord): void {
  if ('began' in record) open.set(record.began.callId, record.began);
  else if ('ended' in record) open.delete(record.ended.callId);
}
