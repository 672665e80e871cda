import type { LineParser } from '../../../../../sdk/src/renderer/index.js';
import { rowsOf, type Layout, type LogMode, type LogRow } from './layout.js';
import { FETCH_BYTES, LogBytes, type LogPiece, type LogSource } from './log-bytes.js';
import { entriesOf, rawEntriesOf, type LogEntry } from './log-entries.js';
import { pause, SLICE_MS } from './pause.js';
import { Segmenter, type Segment } from './segmenter.js';

export interface LaidSegment {
  readonly entries: readonly LogEntry[];
  readonly rows: readonly LogRow[];
}

export interface LogModelOptions {
  readonly source: LogSource;
  readonly parse: LineParser;
  readonly mode: LogMode;
  readonly columns: number;
  readonly bytes?: LogBytes;
}

/** Rows kept laid out, over all segments; one segment is kept in any case. */
const KEPT_ROWS = 40_000;
/** Before bytes that could not be fetched again are asked for once more. */
const RETRY_MS = 5_000;

/**
 * A log of any size as numbered rows. Kept are some bytes, and of each segment where it begins and how many rows it has; the
 * rows themselves are made when they are looked at. Runs in a worker.
 */
export class LogModel {
  readonly segments = new Segmenter();
  readonly bytes: LogBytes;
  /** The rows before each segment that was counted; the last number is of the one to count next. */
  #rowsBefore: number[] = [0];
  #laid = new Map<number, LaidSegment>();
  #tail: LaidSegment | undefined;
  #isRecounting = false;
  #generation = 0;
  #hasEnded = false;
  #layout: Layout;
  readonly #opened = new Set<string>();

  constructor(private readonly options: LogModelOptions) {
    this.bytes = options.bytes ?? new LogBytes(options.source);
    this.#layout = { mode: options.mode, columns: options.columns, opened: this.#opened };
  }

  get layout(): Layout {
    return this.#layout;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Bytes whose rows are counted. */
  get countedBytes(): number {
    return this.#isCounted ? this.segments.size : this.segments.at(this.#counted).offset;
  }

  get rowCount(): number {
    return this.#rowsBefore.at(-1)! + (this.#isCounted ? this.#layTail().rows.length : 0);
  }

  get #counted(): number {
    return this.#rowsBefore.length - 1;
  }

  get #isCounted(): boolean {
    return this.#counted === this.segments.closed;
  }

  /** The next bytes. Lays them out at once, so that whoever sends them is held up by it. */
  take(piece: LogPiece): void {
    this.bytes.put(piece);
    this.segments.push(piece.bytes);
    this.#tail = undefined;
    while (!this.#isRecounting && !this.#isCounted) {
      const laid = this.#layAtHand(this.#counted);
      if (!laid) void this.#recount();
      else this.#addRows(laid.rows.length);
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#tail = undefined;
  }

  /** Lays all out anew; rows are counted from the first on, a slice at a time. */
  setLayout(mode: LogMode, columns: number): void {
    this.#layout = { mode, columns, opened: this.#opened };
    this.#laid.clear();
    this.#tail = undefined;
    this.#rowsBefore = [0];
    this.#generation += 1;
    void this.#recount();
  }

  /** Rows by number; fewer at the end. */
  async rows(from: number, count: number): Promise<readonly LogRow[]> {
    const rows: LogRow[] = [];
    let number = this.#segmentOfRow(from);
    let skip = from - (this.#rowsBefore[number] ?? 0);
    while (rows.length < count && number <= this.#counted && number <= this.segments.closed) {
      if (number === this.#counted && !this.#isCounted) break;
      const laid = await this.lay(number);
      rows.push(...laid.rows.slice(skip, skip + count - rows.length));
      skip = 0;
      number += 1;
    }
    return rows;
  }

  /** Shows all rows of an entry, or again as few as before. */
  async toggle(offset: number, key: string): Promise<void> {
    const number = this.segments.numberOf(offset);
    const isCounted = number < this.#counted;
    const before = isCounted ? (await this.lay(number)).rows.length : 0;
    if (!this.#opened.delete(key)) this.#opened.add(key);
    this.#laid.delete(number);
    this.#tail = undefined;
    if (!isCounted) return;
    const change = (await this.lay(number)).rows.length - before;
    for (let later = number + 1; later < this.#rowsBefore.length; later += 1) this.#rowsBefore[later]! += change;
  }

  isOpened(key: string): boolean {
    return this.#opened.has(key);
  }

  /** The number of a segment's first row, once it is counted. */
  async firstRowOf(number: number): Promise<number> {
    while (number > this.#counted) await pause(20);
    return this.#rowsBefore[number] ?? 0;
  }

  async lay(number: number): Promise<LaidSegment> {
    if (number === this.segments.closed) return this.#layTail();
    const kept = this.#laid.get(number);
    if (kept) return this.#keep(number, kept);
    const { generation } = this;
    const laid = this.#layOut(await this.entries(number));
    return generation === this.generation ? this.#keep(number, laid) : laid;
  }

  /** Changes with each new layout. */
  get generation(): number {
    return this.#generation;
  }

  async entries(number: number, fetchBytes: number = FETCH_BYTES.place): Promise<readonly LogEntry[]> {
    const kept = this.#laid.get(number);
    if (kept) return kept.entries;
    const segment = this.segments.at(number);
    const bytes = await this.bytes.read(segment.offset, segment.offset + segment.length, fetchBytes);
    return this.#decode(bytes, segment, number === this.segments.closed);
  }

  async #recount(): Promise<void> {
    const generation = this.#generation;
    this.#isRecounting = true;
    try {
      let until = performance.now() + SLICE_MS;
      while (!this.#isCounted) {
        const entries = await this.entries(this.#counted, FETCH_BYTES.whole).catch(() => undefined);
        if (generation !== this.#generation) return;
        if (entries) this.#addRows(this.#layOut(entries).rows.length);
        else await pause(RETRY_MS);
        if (performance.now() < until) continue;
        await pause();
        if (generation !== this.#generation) return;
        until = performance.now() + SLICE_MS;
      }
    } finally {
      if (generation === this.#generation) this.#isRecounting = false;
    }
  }

  #addRows(count: number): void {
    this.#rowsBefore.push(this.#rowsBefore.at(-1)! + count);
  }

  #layAtHand(number: number): LaidSegment | undefined {
    const segment = this.segments.at(number);
    const bytes = this.bytes.atHand(segment.offset, segment.offset + segment.length);
    return bytes && this.#layOut(this.#decode(bytes, segment, false));
  }

  #layTail(): LaidSegment {
    if (this.#tail) return this.#tail;
    const segment = this.segments.at(this.segments.closed);
    const bytes = this.bytes.atHand(segment.offset, segment.offset + segment.length) ?? new Uint8Array();
    this.#tail = this.#layOut(this.#decode(bytes, segment, !this.#hasEnded));
    return this.#tail;
  }

  #decode(bytes: Uint8Array, segment: Segment, isLive: boolean): readonly LogEntry[] {
    return this.#layout.mode === 'raw'
      ? rawEntriesOf(bytes, segment)
      : entriesOf(bytes, segment, this.options.parse, isLive);
  }

  #layOut(entries: readonly LogEntry[]): LaidSegment {
    return { entries, rows: entries.flatMap((entry) => rowsOf(entry, this.#layout)) };
  }

  #keep(number: number, laid: LaidSegment): LaidSegment {
    this.#laid.delete(number);
    this.#laid.set(number, laid);
    let rows = 0;
    for (const kept of this.#laid.values()) rows += kept.rows.length;
    for (const [oldest, kept] of this.#laid) {
      if (rows <= KEPT_ROWS || oldest === number) break;
      this.#laid.delete(oldest);
      rows -= kept.rows.length;
    }
    return laid;
  }

  #segmentOfRow(row: number): number {
    let low = 0;
    let high = this.#rowsBefore.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#rowsBefore[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
