import type { Logger } from 'pino';
import { utcDay } from '../../kernel/utc-day.js';
import { lineOf, type JournalRecord } from './journal-record.js';
import { JournalSegment, segmentNamesIn } from './journal-segment.js';
import type { BegunModelCall, LimitedModelCall, ModelCall } from './model-call.js';

export interface UsageJournalOptions {
  /** Its name in the database. */
  readonly id: string;
  /** Exists, for its owner only, and belongs to this process alone. */
  readonly directory: string;
  readonly logger: Logger;
  /** When a segment is followed by the next one; 8 MiB unless told. */
  readonly segmentBytes?: number;
}

const SEGMENT_BYTES = 8 * 1024 ** 2;

/** The part of a segment that waits for the database from which on calls that were not sent are summed. */
const SUMMED_FROM = 1 / 4;

type NotSent = Extract<JournalRecord, { readonly count: number }>;

/**
 * Where model calls are written down before and after they are made: files of lines, which a killed process leaves behind.
 * Nothing is written, and no file made, before the first call.
 *
 * INVARIANT: the newest segment names every call that is under way, so that an older one may go once all of it was applied.
 */
export class UsageJournal {
  readonly #segments: JournalSegment[] = [];
  /** Calls without an end in the journal. */
  readonly #underWay = new Map<string, BegunModelCall>();
  /** What the disk did not take; as many ends at most as calls were begun. */
  readonly #unwritten = new Map<string, string>();
  /** Calls that were not sent, while the disk or the database does not take them; one sum for each owner. */
  readonly #notSent = new Map<string, NotSent>();
  #active: JournalSegment | undefined;
  #nextNumber: number;
  #rotateAt: number;
  #failing = false;
  #closed = false;

  constructor(private readonly options: UsageJournalOptions) {
    this.#nextNumber = 1 + Math.max(0, ...segmentNamesIn(options.directory).map(({ number }) => number));
    this.#rotateAt = this.#segmentBytes;
  }

  /** Throws when it cannot be written: then the call must not be sent. */
  began(call: BegunModelCall): void {
    this.#write(lineOf({ began: call }));
    this.#underWay.set(call.callId, call);
  }

  /** For a call that has begun. Never throws: an end that cannot be written is kept and written later. */
  ended(call: ModelCall): void {
    const line = lineOf({ ended: call });
    if (this.#tryToWrite(line)) this.#underWay.delete(call.callId);
    else this.#unwritten.set(call.callId, line);
  }

  /** Never throws. */
  limited(call: LimitedModelCall): void {
    this.#addNotSent('limited', call, (count) => ({ limited: call, count }));
  }

  /** For a call that was refused for what it asks, and has not begun. Never throws. */
  refused({ tenantId, instanceId, aiAgent, runId, startedAt: at }: BegunModelCall): void {
    const call = { tenantId, instanceId, aiAgent, runId, at };
    this.#addNotSent('refused', call, (count) => ({ refused: call, count }));
  }

  /** What this process has written and not removed, oldest first. */
  get segments(): readonly JournalSegment[] {
    return this.#segments;
  }

  /** Writes what the disk did not take, if it does now, and the sums; called every second. */
  retry(): void {
    if (this.#unwritten.size + this.#notSent.size === 0) return;
    if (this.#tryToWrite([...this.#notSent.values()].map(lineOf).join(''))) this.#notSent.clear();
  }

  /** For a segment that was applied in full and to which nothing more is written. */
  remove(segment: JournalSegment): void {
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    segment.remove();
  }

  /** Ends writing. What is told later is UNKNOWN to who takes over the newest segment, which stays while calls are under way. */
  seal(): void {
    this.retry();
    this.#closed = true;
    if (this.#active && this.#underWay.size === 0) this.#active.sealed = true;
    this.#active = undefined;
  }

  /** Leaves what is left of the files where it lies. */
  close(): void {
    for (const segment of this.#segments.splice(0)) segment.close();
  }

  get #segmentBytes(): number {
    return this.options.segmentBytes ?? SEGMENT_BYTES;
  }

  /** What an agent brings about for nothing must not fill the disk while the database is away. */
  get #isBehind(): boolean {
    if (this.#segments.length > 1) return true;
    const waiting = this.#active ? this.#active.size - this.#active.applied : 0;
    return waiting >= this.#segmentBytes * SUMMED_FROM;
  }

  #addNotSent(kind: string, { at, ...owner }: LimitedModelCall, counted: (count: number) => NotSent): void {
    if (!this.#isBehind && this.#tryToWrite(lineOf(counted(1)))) return;
    const key = JSON.stringify([kind, owner, utcDay(at)]);
    this.#notSent.set(key, counted((this.#notSent.get(key)?.count ?? 0) + 1));
  }

  #tryToWrite(line: string): boolean {
    try {
      this.#write(line);
      return true;
    } catch (error) {
      if (!this.#failing) {
        const kept =
          'ends of model calls cannot be written to the usage journal; kept in memory, new calls are refused';
        this.options.logger.error({ err: error, directory: this.options.directory }, kept);
      }
      this.#failing = true;
      return false;
    }
  }

  /** What waits goes first, then the line: all of it or nothing. */
  #write(line: string): void {
    if (this.#closed) throw new Error('The usage journal is closed.');
    const waiting = this.#unwritten.size === 0 ? '' : [...this.#unwritten.values()].join('');
    this.#segmentToWrite().append(waiting + line);
    for (const callId of this.#unwritten.keys()) this.#underWay.delete(callId);
    this.#unwritten.clear();
    if (this.#failing) this.options.logger.info('the usage journal is written again');
    this.#failing = false;
  }

  #segmentToWrite(): JournalSegment {
    const active = this.#active;
    if (active && !active.sealed && active.size < this.#rotateAt) return active;
    try {
      return this.#rotate();
    } catch (error) {
      // An old segment that takes lines is better than none; later again.
      if (!active || active.sealed) throw error;
      this.#rotateAt = active.size + this.#segmentBytes;
      return active;
    }
  }

  #rotate(): JournalSegment {
    const { id, directory } = this.options;
    const next = JournalSegment.create(id, directory, this.#nextNumber);
    this.#nextNumber += 1;
    try {
      next.append([...this.#underWay.values()].map((call) => lineOf({ began: call })).join(''));
    } catch (error) {
      next.remove();
      throw error;
    }
    if (this.#active) this.#active.sealed = true;
    this.#active = next;
    this.#segments.push(next);
    this.#rotateAt = next.size + this.#segmentBytes;
    return next;
  }
}
