import stringWidth from 'string-width';
import { cellText, fit, pad } from './cell.js';
import { paint, type Paint } from './paint.js';

export interface Column<Row> {
  readonly head: string;
  /** Any text; the table makes it harmless. */
  readonly cell: (row: Row) => string;
  /** What a program is given instead, such as an instant for an age. */
  readonly exact?: (row: Row) => string;
  readonly align?: 'left' | 'right';
  readonly paint?: (row: Row) => Paint | undefined;
}

export interface TableOptions {
  readonly isTerminal: boolean;
  readonly colour: boolean;
}

/** In columns of a terminal; what is longer is cut, so that one long name does not push the others off the screen. */
const MAX_WIDTH = 60;

/** Aligned columns for a terminal; else fields between tabs, uncut. A head comes first, each row ends in a newline. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { isTerminal, colour }: TableOptions,
): string {
  const heads = columns.map(({ head }) => head);
  if (!isTerminal) {
    const lines = rows.map((row) => columns.map((column) => cellText((column.exact ?? column.cell)(row))));
    return [heads, ...lines].map((fields) => `${fields.join('\t')}\n`).join('');
  }
  const cells = rows.map((row) => columns.map((column) => fit(cellText(column.cell(row)), MAX_WIDTH)));
  const widths = columns.map(({ head }, at) =>
    Math.max(head.length, ...cells.map((fields) => stringWidth(fields[at] ?? ''))),
  );
  const line = (fields: readonly string[], paints: readonly (Paint | undefined)[]) =>
    fields
      .map((field, at) => {
        const isLast = at === fields.length - 1 && columns[at]?.align !== 'right';
        const padded = isLast ? field : pad(field, widths[at] ?? 0, columns[at]?.align);
        return paint(padded, colour ? paints[at] : undefined);
      })
      .join('  ')
      .trimEnd();
  const lines = cells.map((fields, at) =>
    line(
      fields,
      columns.map((column) => column.paint?.(rows[at]!)),
    ),
  );
  return [
    line(
      heads,
      heads.map(() => 'dim'),
    ),
    ...lines,
  ]
    .map((text) => `${text}\n`)
    .join('');
}

/** Names and values of one thing, a line each; on a terminal the values stand in a column. */
export function renderFields(
  fields: readonly (readonly [name: string, value: string | undefined])[],
  { isTerminal, colour }: TableOptions,
): string {
  const shown = fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, cellText(value)] as const]));
  if (!isTerminal) return shown.map(([name, value]) => `${name}\t${value}\n`).join('');
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${paint(pad(name, width), colour ? 'dim' : undefined)}  ${value}\n`).join('');
}
