import { renderForTerminal, type AgentEvent } from '../../../../../sdk/src/renderer/index.js';
import { entryLines, rowsWhenClosed } from './entry-lines.js';
import type { LogEntry } from './log-entries.js';
import { wrapColoured, wrapText } from './wrap-text.js';

/** `terminal`: what the command line prints, with colours; `events`: what can be opened; `raw`: bytes with escapes. */
export type LogMode = 'terminal' | 'events' | 'raw';

/** One row on the screen. */
export interface LogRow {
  /** Safe text; in a terminal's row with colours (SGR) and nothing else. */
  readonly text: string;
  readonly kind: AgentEvent['kind'];
  /** Of the line in the log that it comes from. */
  readonly offset: number;
  readonly ordinal: number;
  readonly isFirst: boolean;
  /** Rows that are hidden behind this one, 0 when all are shown; undefined when there is nothing to open or close here. */
  readonly hidden?: number;
  /** A tool's error, or an end without success. */
  readonly isFailure: boolean;
}

export interface Layout {
  readonly mode: LogMode;
  /** Cells in a row. */
  readonly columns: number;
  /** Entries whose every row is shown, by `entryKey`. */
  readonly opened: ReadonlySet<string>;
}

export const entryKey = ({ offset, ordinal }: Pick<LogEntry, 'offset' | 'ordinal'>): string => `${offset}:${ordinal}`;

/** The rows of an entry, as one mode shows it. */
export function rowsOf(entry: LogEntry, { mode, columns, opened }: Layout): readonly LogRow[] {
  const { event, offset, ordinal } = entry;
  const isFailure = (event.kind === 'toolResult' && event.isError) || (event.kind === 'end' && !event.succeeded);
  const row = (text: string, number: number): LogRow => ({
    ...{ text, kind: event.kind, offset, ordinal, isFirst: number === 0, isFailure },
  });
  if (mode === 'terminal') {
    const lines = renderForTerminal(event, { colour: true }).split('\n').slice(0, -1);
    return lines.flatMap((line) => wrapColoured(line, columns)).map(row);
  }
  const texts = (mode === 'raw' ? rawLine(event) : entryLines(event)).flatMap((line) => textsOf(line, columns));
  const closed = mode === 'raw' ? Infinity : rowsWhenClosed(event);
  // One hidden row is as tall as the row that would say so.
  if (texts.length <= closed + (closed === 1 ? 0 : 1)) return texts.map(row);
  const isOpen = opened.has(entryKey(entry));
  const shown = (isOpen ? texts : texts.slice(0, closed)).map(row);
  const hidden = isOpen ? 0 : texts.length - closed;
  return shown.map((each) => (each.isFirst ? { ...each, hidden } : each));
}

const rawLine = (event: AgentEvent): readonly string[] => (event.kind === 'raw' ? [event.line] : []);

const textsOf = (line: string, columns: number): readonly string[] => wrapText(line, columns).map(({ text }) => text);

/** The row of its entry that holds the place of a line of `entryLines`, and whether it is hidden unless opened. */
export function rowOfPlace(
  entry: LogEntry,
  place: { readonly line: number; readonly column: number },
  { mode, columns }: Pick<Layout, 'mode' | 'columns'>,
): { readonly row: number; readonly isHidden: boolean } {
  const lines = mode === 'raw' ? rawLine(entry.event) : entryLines(entry.event);
  let row = 0;
  for (const line of lines.slice(0, place.line)) row += wrapText(line, columns).length;
  const pieces = wrapText(lines[place.line] ?? '', columns);
  row += Math.max(
    0,
    pieces.findLastIndex(({ start }) => start <= place.column),
  );
  return { row, isHidden: mode === 'events' && row >= rowsWhenClosed(entry.event) };
}

/** What of an entry is searched: all that it says, or in raw mode its bytes with escapes. */
export const searchedLines = (entry: LogEntry, mode: LogMode): readonly string[] =>
  mode === 'raw' ? rawLine(entry.event) : entryLines(entry.event);
