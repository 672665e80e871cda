import type { ReactNode } from 'react';
import { safeText } from './safe-text.js';
import './table.css';

export interface Column<Row> {
  /** Its head; on a narrow screen the word before each value. */
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** `number`: at the right; `main`: what names the row, the card's title on a narrow screen. */
  readonly kind?: 'number' | 'main';
}

export interface TableProps<Row> {
  /** What is listed; read out. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Says that rows are being read anew. */
  readonly busy?: boolean;
}

const shown = (content: ReactNode): ReactNode => (typeof content === 'string' ? safeText(content) : content);

/** A table; on a narrow screen each row is a card of its own. */
export function Table<Row>({ caption, columns, rows, keyOf, busy = false }: TableProps<Row>) {
  return (
    <table className="table" aria-busy={busy || undefined}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ head, kind }) => (
            <th key={head} scope="col" className={kind}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ head, cell, kind }) => (
              <td key={head} data-head={head} className={kind}>
                {shown(cell(row))}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
