import { setImmediate as nextTurn } from 'node:timers/promises';
import { REPORT_OUTCOMES } from './triage-report.js';

/** Where a quote stands in the run log, in bytes. */
export interface Citation {
  readonly offset: number;
  readonly length: number;
}

/** Reads at most `maxBytes` from `offset`; empty at the end. */
export type ReadLog = (offset: number, maxBytes: number) => Promise<Buffer>;

/** Small, because nothing else is served while one is searched for a quote. */
const WINDOW_BYTES = 64 * 1024;
/**
 * Of comparing, all quotes together. Time and not bytes, because an agent can choose quote and log so that each byte is
 * compared hundreds of times.
 */
const BUDGET_MS = 10_000;
/** Then others have their turn. */
const SLICE_MS = 20;
/**
 * Words that no report lacks and that little else has. A line of the log with one shows the agent writing its report, or how
 * it was asked for one: there every quote would be found, also one that the agent made up.
 */
const REPORT_MARKS = REPORT_OUTCOMES.map((outcome) => Buffer.from(outcome));
const MAX_LINES = 1000;
const LINE_FEED = 10;

interface Line {
  readonly start: number;
  readonly end: number;
}

interface Search {
  readonly index: number;
  readonly forms: readonly Buffer[];
}

/**
 * Finds each quote's first place in a log, outside of the lines that show the report itself; null where there is none, and
 * for what is not found within the budget. CLIs print JSON lines, so a quote is looked for as it is and as JSON escapes it.
 * Memory and time stay bounded, whatever log and quotes hold.
 */
export async function findQuotes(
  read: ReadLog,
  quotes: readonly string[],
  budgetMs = BUDGET_MS,
): Promise<(Citation | null)[]> {
  const found: (Citation | null)[] = quotes.map(() => null);
  let searches: Search[] = quotes.map((quote, index) => ({ index, forms: formsOf(quote) }));
  if (searches.length === 0) return found;
  const reportLines: Line[] = [];
  for (const mark of REPORT_MARKS) reportLines.push(...(await linesWith(read, mark)));
  const overlap = Math.max(...searches.flatMap(({ forms }) => forms.map(({ length }) => length))) - 1;
  const effort = new Effort();
  for (let start = 0; searches.length > 0; start += WINDOW_BYTES) {
    const window = await read(start, WINDOW_BYTES + overlap);
    if (window.length === 0) break;
    for (const { index, forms } of searches) {
      found[index] = await effort.of(() => firstIn(window, start, forms, reportLines));
      if (effort.spentMs > budgetMs) return found;
    }
    searches = searches.filter(({ index }) => found[index] === null);
  }
  return found;
}

/** Work during which nothing else is served: measured, and with a turn for others now and then. */
class Effort {
  spentMs = 0;
  #restedAtMs = 0;

  async of<T>(work: () => T): Promise<T> {
    const begun = performance.now();
    const result = work();
    this.spentMs += performance.now() - begun;
    if (this.spentMs - this.#restedAtMs > SLICE_MS) {
      this.#restedAtMs = this.spentMs;
      await nextTurn();
    }
    return result;
  }
}

/** Plain, as JSON, as JSON that keeps to ASCII or spares HTML's characters, and as JSON within JSON. */
function formsOf(quote: string): Buffer[] {
  const json = JSON.stringify(quote).slice(1, -1);
  const ascii = json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const html = json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
  const nested = JSON.stringify(json).slice(1, -1);
  return [...new Set([quote, json, ascii, html, nested])].map((form) => Buffer.from(form));
}

function firstIn(
  window: Buffer,
  start: number,
  forms: readonly Buffer[],
  reportLines: readonly Line[],
): Citation | null {
  let first: Citation | null = null;
  for (const form of forms) {
    for (let at = window.indexOf(form); at >= 0; at = window.indexOf(form, at)) {
      const offset = start + at;
      const line = reportLines.find(({ start: from, end }) => offset < end && offset + form.length > from);
      if (!line) {
        if (first === null || offset < first.offset) first = { offset, length: form.length };
        break;
      }
      at = line.end - start;
    }
  }
  return first;
}

/** In order. When there are too many to keep, the last reaches to the end of the log. */
async function linesWith(read: ReadLog, word: Buffer): Promise<Line[]> {
  const lines: Line[] = [];
  /** Of the line that the next window begins in; it is cut when it has the word already. */
  let lineStart = 0;
  let isCut = false;
  for (let start = 0; ; start += WINDOW_BYTES) {
    const window = await read(start, WINDOW_BYTES + word.length - 1);
    if (window.length === 0) break;
    const own = window.subarray(0, WINDOW_BYTES);
    let mark: number = isCut ? 0 : window.indexOf(word);
    while (mark >= 0 && mark < own.length) {
      const before = isCut ? -1 : own.lastIndexOf(LINE_FEED, mark);
      if (before >= 0) lineStart = start + before + 1;
      const end: number = own.indexOf(LINE_FEED, mark);
      isCut = end < 0;
      if (isCut) break;
      if (lines.length === MAX_LINES) return [...lines, { start: lineStart, end: Infinity }];
      lines.push({ start: lineStart, end: start + end });
      mark = window.indexOf(word, end);
    }
    const lastFeed = isCut ? -1 : own.lastIndexOf(LINE_FEED);
    if (lastFeed >= 0) lineStart = start + lastFeed + 1;
  }
  if (isCut) lines.push({ start: lineStart, end: Infinity });
  return lines;
}
