import { memo } from 'react';
import type { ReactNode } from 'react';
import { entryKey, type LogRow } from './layout.js';
import { hitsIn } from './search-pattern.js';

const WORDS: Readonly<Record<LogRow['kind'], string>> = {
  start: 'start',
  text: 'agent',
  thinking: 'thinking',
  toolCall: 'tool',
  toolResult: 'result',
  usage: 'tokens',
  end: 'end',
  raw: 'output',
};

/** One row of an event; the first tells what it is, and opens or closes the rest. */
export const EventRow = memo(function EventRow({
  row,
  y,
  pattern,
  onToggle,
}: {
  readonly row: LogRow;
  /** Pixels from the upper edge. */
  readonly y: number;
  readonly pattern: RegExp | undefined;
  readonly onToggle: (offset: number, key: string) => void;
}) {
  const { kind, isFirst, isFailure, hidden, text } = row;
  const shown = kind === 'toolCall' && isFirst ? text.replace(/^▶ /u, '') : text;
  return (
    <li
      className={`log-row log-row-${kind} ${isFirst ? 'log-row-first' : ''} ${isFailure ? 'log-row-failure' : ''}`}
      style={{ transform: `translateY(${y}px)` }}
    >
      <span className="log-kind">{isFirst ? WORDS[kind] : ''}</span>
      {hidden === undefined ? (
        <span className="log-fold" />
      ) : (
        <button
          type="button"
          className="log-fold"
          aria-expanded={hidden === 0}
          aria-label={hidden === 0 ? 'Show less' : `Show ${hidden} rows more`}
          title={hidden === 0 ? 'Show less' : `Show ${hidden} rows more`}
          onClick={() => onToggle(row.offset, entryKey(row))}
        >
          <span aria-hidden="true">{hidden === 0 ? '▾' : '▸'}</span>
        </button>
      )}
      <span className="log-text">{pattern ? withMarks(shown, pattern) : shown}</span>
      {hidden !== undefined && hidden > 0 && (
        <span className="log-more" aria-hidden="true">
          +{hidden}
        </span>
      )}
    </li>
  );
});

function withMarks(text: string, pattern: RegExp): ReactNode {
  const parts: ReactNode[] = [];
  let last = 0;
  for (const { column } of hitsIn([text], pattern)) {
    pattern.lastIndex = column;
    const end = column + (pattern.exec(text)?.[0].length ?? 0);
    parts.push(text.slice(last, column), <mark key={column}>{text.slice(column, end)}</mark>);
    last = end;
  }
  return [...parts, text.slice(last)];
}
