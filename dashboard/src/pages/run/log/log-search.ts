import { entryKey, rowOfPlace, searchedLines } from './layout.js';
import { FETCH_BYTES } from './log-bytes.js';
import type { LogEntry } from './log-entries.js';
import type { LogModel } from './log-model.js';
import { pause, SLICE_MS } from './pause.js';
import { countHits, hitsIn, searchPattern, type Hit } from './search-pattern.js';
import { takeColours } from './wrap-text.js';

/** A row that someone was led to. */
export interface FoundRow {
  readonly row: number;
  readonly offset: number;
  readonly ordinal: number;
}

/** One search through a whole log, which goes on as the log grows. Kept is a number for each segment. */
export class LogSearch {
  readonly #pattern: RegExp;
  /** Hits before each segment that was gone through. */
  readonly #before: number[] = [0];
  #isStopped = false;
  #failure: string | undefined;
  #going: Promise<void> | undefined;

  constructor(
    private readonly model: LogModel,
    readonly text: string,
  ) {
    this.#pattern = searchPattern(text);
  }

  /** Hits so far, but for those of the segment that is still open. */
  get count(): number {
    return this.#before.at(-1)!;
  }

  /** Why it goes no further; undefined while it does. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Goes through what has come since; what cannot be read ends it, with a `failure`. */
  advance(): Promise<void> {
    this.#going ??= this.#advance()
      .catch((error: unknown) => {
        this.#failure = error instanceof Error ? error.message : String(error);
      })
      .finally(() => (this.#going = undefined));
    return this.#going;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Hits in the open segment, as it stands. */
  async tailCount(): Promise<number> {
    const { closed } = this.model.segments;
    return this.#isThrough ? this.#hitsOf(await this.model.lay(closed).then(({ entries }) => entries)) : 0;
  }

  /** Leads to the hit with the number, from 0; opens what hides it. */
  async hit(number: number): Promise<FoundRow | undefined> {
    const segment = this.#before.findLastIndex((before) => before <= number);
    let left = number - (this.#before[segment] ?? 0);
    const { entries } = await this.model.lay(segment);
    for (const entry of entries) {
      const hits = hitsIn(searchedLines(entry, this.model.layout.mode), this.#pattern);
      const hit = hits[left];
      if (hit) return leadTo(this.model, segment, entry, hit, { pattern: this.#pattern, number: left });
      left -= hits.length;
    }
    return undefined;
  }

  /** The number of the first hit in or behind the line that begins at the offset. */
  async firstFrom(offset: number): Promise<number> {
    const segment = Math.min(this.model.segments.numberOf(offset), this.#before.length - 1);
    const { entries } = await this.model.lay(segment);
    const earlier = entries.filter((entry) => entry.offset < offset);
    return this.#before[segment]! + this.#hitsOf(earlier);
  }

  get #isThrough(): boolean {
    return this.#before.length - 1 === this.model.segments.closed;
  }

  #hitsOf(entries: readonly LogEntry[]): number {
    const { mode } = this.model.layout;
    return entries.reduce((sum, entry) => sum + countHits(searchedLines(entry, mode), this.#pattern), 0);
  }

  async #advance(): Promise<void> {
    let until = performance.now() + SLICE_MS;
    while (!this.#isStopped && this.#failure === undefined && !this.#isThrough) {
      const entries = await this.model.entries(this.#before.length - 1, FETCH_BYTES.whole);
      this.#before.push(this.count + this.#hitsOf(entries));
      if (performance.now() < until) continue;
      await pause();
      until = performance.now() + SLICE_MS;
    }
  }
}

/** The row of a place in an entry. A terminal's rows are shortened: there it is the row with the same hit, or the first. */
export async function leadTo(
  model: LogModel,
  segment: number,
  entry: LogEntry,
  place: Hit,
  hit?: { readonly pattern: RegExp; readonly number: number },
): Promise<FoundRow> {
  const { row, isHidden } = rowOfPlace(entry, place, model.layout);
  const key = entryKey(entry);
  if (isHidden && !model.isOpened(key)) await model.toggle(entry.offset, key);
  const first = await model.firstRowOf(segment);
  const { rows } = await model.lay(segment);
  const own = rows.findIndex(({ offset, ordinal }) => offset === entry.offset && ordinal === entry.ordinal);
  const { offset, ordinal } = entry;
  // An entry that this view leaves out has no row: the next one's is the place.
  if (own === -1) {
    const next = rows.findIndex((other) => other.offset > entry.offset);
    return { row: first + (next === -1 ? Math.max(0, rows.length - 1) : next), offset, ordinal };
  }
  if (model.layout.mode !== 'terminal') return { row: first + own + row, offset, ordinal };
  const matching = rows.flatMap((other, number) => {
    const isOwn = other.offset === entry.offset && other.ordinal === entry.ordinal;
    return isOwn && hit && hitsIn([takeColours(other.text).plain], hit.pattern).length > 0 ? [number] : [];
  });
  return { row: first + (matching[Math.min(hit?.number ?? 0, matching.length - 1)] ?? own), offset, ordinal };
}
