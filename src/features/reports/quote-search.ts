/** Where a quote stands in the run log, in bytes. */
export interface Citation {
  readonly offset: number;
  readonly length: number;
}

/** Reads at most `maxBytes` from `offset`; empty at the end. */
export type ReadLog = (offset: number, maxBytes: number) => Promise<Buffer>;

const WINDOW_BYTES = 1024 * 1024;
/** Bytes compared, all quotes together: some seconds of work. What is not found by then counts as not found. */
const BUDGET_BYTES = 16 * 1024 ** 3;
/**
 * A key of the report that nothing but the report bears. A line of the log with it shows the agent writing its report, or
 * how it was asked for one: there every quote would be found, also one that the agent made up.
 */
const REPORT_MARK = Buffer.from('schemaVersion');
const MAX_REPORT_LINES = 1000;
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
 * Finds each quote's first place in a log, outside of the lines that show the report itself; null where there is none. CLIs
 * print JSON lines, so a quote is looked for as it is and as JSON escapes it. Memory stays bounded, whatever the log holds.
 */
export async function findQuotes(read: ReadLog, quotes: readonly string[]): Promise<(Citation | null)[]> {
  const found: (Citation | null)[] = quotes.map(() => null);
  let searches: Search[] = quotes.map((quote, index) => ({ index, forms: formsOf(quote) }));
  if (searches.length === 0) return found;
  const reportLines = await linesWithReport(read);
  const overlap = Math.max(...searches.flatMap(({ forms }) => forms.map(({ length }) => length))) - 1;
  let compared = 0;
  for (let start = 0; searches.length > 0 && compared < BUDGET_BYTES; start += WINDOW_BYTES) {
    const window = await read(start, WINDOW_BYTES + overlap);
    if (window.length === 0) break;
    searches = searches.filter(({ index, forms }) => {
      compared += forms.length * window.length;
      found[index] = firstIn(window, start, forms, reportLines);
      return found[index] === null;
    });
  }
  return found;
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
async function linesWithReport(read: ReadLog): Promise<Line[]> {
  const lines: Line[] = [];
  /** Of the line that the next window begins in. */
  let lineStart = 0;
  let isReportLine = false;
  for (let start = 0; ; start += WINDOW_BYTES) {
    const window = await read(start, WINDOW_BYTES + REPORT_MARK.length - 1);
    if (window.length === 0) break;
    const own = window.subarray(0, WINDOW_BYTES);
    let mark: number = isReportLine ? 0 : window.indexOf(REPORT_MARK);
    while (mark >= 0 && mark < own.length) {
      const before = isReportLine ? -1 : own.lastIndexOf(LINE_FEED, mark);
      if (before >= 0) lineStart = start + before + 1;
      const end: number = own.indexOf(LINE_FEED, mark);
      isReportLine = end < 0;
      if (isReportLine) break;
      if (lines.length === MAX_REPORT_LINES) return [...lines, { start: lineStart, end: Infinity }];
      lines.push({ start: lineStart, end: start + end });
      mark = window.indexOf(REPORT_MARK, end);
    }
    const lastFeed = isReportLine ? -1 : own.lastIndexOf(LINE_FEED);
    if (lastFeed >= 0) lineStart = start + lastFeed + 1;
  }
  if (isReportLine) lines.push({ start: lineStart, end: Infinity });
  return lines;
}
