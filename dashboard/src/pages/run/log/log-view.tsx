import { useEffect, useEffectEvent, useImperativeHandle, useRef, useState } from 'react';
import type { Ref } from 'react';
import { useTheme } from '../../../ui/index.js';
import { EventRow } from './event-row.js';
import type { LogMode } from './layout.js';
import type { LogClient } from './log-client.js';
import { RowScroller, type RowsInView } from './row-scroller.js';
import { TerminalPane } from './terminal-pane.js';

const EVENT_ROW_HEIGHT = 21;
export const FONT_SIZE = 12.5;

/** Rows that someone was led to. */
export interface MarkedRows {
  readonly row: number;
  readonly count: number;
}

export interface LogViewHandle {
  follow(): void;
  show(row: number): void;
  sees(row: number): boolean;
  refresh(): void;
  firstOffset(): number;
}

export interface LogViewProps {
  readonly client: LogClient;
  readonly mode: LogMode;
  readonly columns: number;
  readonly pattern: RegExp | undefined;
  readonly marked: MarkedRows | undefined;
  readonly follows: boolean;
  /** Where to begin, unless it follows. */
  readonly startOffset: number;
  readonly onFollow: (follows: boolean) => void;
  readonly onToggle: (offset: number, key: string) => void;
  readonly handle: Ref<LogViewHandle>;
}

const NOTHING: RowsInView = { rows: [], from: 0, top: 0, count: 0 };

/** The part of a log that is seen, as a terminal or as events. */
export function LogView({
  client,
  mode,
  columns,
  pattern,
  marked,
  follows,
  startOffset,
  onFollow,
  onToggle,
  handle,
}: LogViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const screen = useRef<HTMLDivElement>(null);
  const rowScroller = useRef<RowScroller>(null);
  const pane = useRef<TerminalPane>(null);
  const place = useRef(startOffset);
  const [view, setView] = useState(NOTHING);
  const [rowHeight, setRowHeight] = useState(EVENT_ROW_HEIGHT);
  const theme = useTheme();
  const isTerminal = mode !== 'events';

  const draw = useEffectEvent((next: RowsInView) => {
    pane.current?.draw(next, pattern);
    setView(next);
  });
  const told = useEffectEvent(onFollow);
  const atStart = useEffectEvent(() => ({ follows, startOffset: place.current }));

  useEffect(() => {
    const drawnBy = isTerminal ? new TerminalPane(screen.current!, { columns, fontSize: FONT_SIZE }) : null;
    pane.current = drawnBy;
    const height = drawnBy?.rowHeight ?? EVENT_ROW_HEIGHT;
    setRowHeight(height);
    const opened = new RowScroller({
      client,
      scroller: scroller.current!,
      content: content.current!,
      rowHeight: height,
      ...atStart(),
      draw: (next) => draw(next),
      onFollow: (next) => told(next),
    });
    rowScroller.current = opened;
    return () => {
      place.current = opened.firstOffset;
      opened.close();
      drawnBy?.close();
      pane.current = null;
      rowScroller.current = null;
    };
  }, [client, isTerminal, columns, theme]);

  useEffect(() => rowScroller.current?.refresh(), [pattern]);

  useImperativeHandle(handle, () => ({
    follow: () => rowScroller.current?.follow(),
    show: (row) => rowScroller.current?.show(row),
    sees: (row) => rowScroller.current?.sees(row) ?? false,
    refresh: () => rowScroller.current?.refresh(),
    firstOffset: () => rowScroller.current?.firstOffset ?? 0,
  }));

  const offsetOf = (row: number): number => (isTerminal ? row - Math.floor(view.top) : row - view.top) * rowHeight;
  return (
    <div ref={scroller} className={`log-scroller log-${mode}`} tabIndex={0} role="region" aria-label="Log">
      {isTerminal && <p className="visually-hidden">Here it is drawn for the eye. “Events” has it as text.</p>}
      <div ref={content}>
        <div className="log-seen">
          {marked && (
            <div
              className="log-mark"
              style={{ transform: `translateY(${offsetOf(marked.row)}px)`, height: marked.count * rowHeight }}
            />
          )}
          {isTerminal ? (
            <div ref={screen} className="log-screen" aria-hidden="true" key="screen" />
          ) : (
            <ol className="log-rows" key="rows">
              {view.rows.map((row, number) => (
                <EventRow
                  key={`${row.offset}:${row.ordinal}:${view.from + number}`}
                  row={row}
                  y={offsetOf(view.from + number)}
                  pattern={pattern}
                  onToggle={onToggle}
                />
              ))}
            </ol>
          )}
        </div>
      </div>
    </div>
  );
}
