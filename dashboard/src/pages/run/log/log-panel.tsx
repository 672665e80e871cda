import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { AiAgent } from '../../../../../sdk/src/generated/graphql.js';
import { bytesText, Button, useAnnounce } from '../../../ui/index.js';
import { saveBlob } from '../save-blob.js';
import type { LogMode } from './layout.js';
import { FONT_SIZE, LogView, type LogViewHandle, type MarkedRows } from './log-view.js';
import './log.css';
import { searchPattern } from './search-pattern.js';
import { SearchBar } from './search-bar.js';
import { useColumns } from './use-columns.js';
import { useLog } from './use-log.js';

export interface CitedPlace {
  readonly offset: number;
  readonly length: number;
}

const MODES: readonly (readonly [LogMode, string])[] = [
  ['terminal', 'Terminal'],
  ['events', 'Events'],
  ['raw', 'Raw bytes'],
];

const whole = new Intl.NumberFormat('en');
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A run's whole log: two ways to read it, its bytes, and a search through all of it. */
export function LogPanel({
  runId,
  aiAgent,
  fileName,
  followsAtFirst,
  cited,
}: {
  readonly runId: string;
  readonly aiAgent: AiAgent;
  readonly fileName: string;
  readonly followsAtFirst: boolean;
  /** A place that the report rests on: it is led to and marked. */
  readonly cited: CitedPlace | undefined;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const view = useRef<LogViewHandle>(null);
  const [mode, setMode] = useState<LogMode>('terminal');
  const [follows, setFollows] = useState(followsAtFirst);
  const [startOffset, setStartOffset] = useState(0);
  const [text, setText] = useState('');
  const [current, setCurrent] = useState<number>();
  const [marked, setMarked] = useState<MarkedRows>();
  const announce = useAnnounce();
  const failed = useCallback((error: unknown) => announce(wordsOf(error), 'bad'), [announce]);
  const columns = useColumns(frame, FONT_SIZE);
  const { client, state } = useLog({
    runId,
    aiAgent,
    mode,
    columns: mode === 'events' ? columns - (columns < 60 ? 4 : 10) : columns,
  });
  const pattern = useMemo(() => (text === '' ? undefined : searchPattern(text)), [text]);

  const hits = state.hits?.text === text ? state.hits : undefined;
  const [pending, setPending] = useState<1 | -1>();

  const search = useCallback(
    (next: string) => {
      setText(next);
      setCurrent(undefined);
      setMarked(undefined);
      setPending(undefined);
      void client?.call('search', next);
    },
    [client],
  );

  const step = async (by: 1 | -1): Promise<void> => {
    const count = hits?.count ?? 0;
    if (!client || count === 0) return;
    setPending(undefined);
    const from = current ?? (await client.call('firstHitFrom', view.current?.firstOffset() ?? 0)) - (by === 1 ? 1 : 0);
    const next = (from + by + count) % count;
    const found = await client.call('hit', next);
    setCurrent(next);
    if (!found) return;
    setMarked({ row: found.row, count: 1 });
    view.current?.show(found.row);
  };
  const stepSoon = useEffectEvent(step);
  const hasHits = (hits?.count ?? 0) > 0;
  useEffect(() => {
    if (pending === undefined || !hasHits) return undefined;
    const timer = setTimeout(() => void stepSoon(pending).catch(failed));
    return () => clearTimeout(timer);
  }, [pending, hasHits, failed]);

  const toggle = useCallback(
    (offset: number, key: string) => {
      setMarked(undefined);
      void client?.call('toggle', offset, key).then(() => view.current?.refresh(), failed);
    },
    [client, failed],
  );

  /** The citation that was led to: who has read on since is not taken back to it. */
  const led = useRef<string>(undefined);
  const isSearching = useEffectEvent(() => current !== undefined);
  const { offset: citedOffset, length: citedLength } = cited ?? {};
  useEffect(() => {
    if (!client || citedOffset === undefined || citedLength === undefined || isSearching()) return undefined;
    let isWanted = true;
    void client.call('cite', citedOffset, citedLength).then((found) => {
      if (!isWanted) return;
      if (!found) return announce('The log does not have the cited place.', 'bad');
      setMarked({ row: found.row, count: mode === 'events' ? Math.max(1, found.quote.length) : 1 });
      const citation = `${citedOffset}+${citedLength}`;
      if (led.current !== citation) view.current?.show(found.row);
      led.current = citation;
    }, failed);
    return () => {
      isWanted = false;
    };
  }, [client, citedOffset, citedLength, mode, columns, announce, failed]);

  const save = async (): Promise<void> => {
    if (!client) return;
    await client.call('save').then(
      (blob) => saveBlob(blob, fileName),
      (error: unknown) => announce(`The log was not saved: ${wordsOf(error)}`, 'bad'),
    );
  };
  const isCounting = state.countedBytes < state.size;
  return (
    <section className="log-panel" aria-label="Log of the run">
      <div className="log-tools">
        <div className="log-modes" role="group" aria-label="How the log is shown">
          {MODES.map(([each, word]) => (
            <button
              key={each}
              type="button"
              aria-pressed={mode === each}
              onClick={() => {
                if (marked && view.current?.sees(marked.row)) led.current = undefined;
                setMarked(undefined);
                setStartOffset(view.current?.firstOffset() ?? 0);
                setMode(each);
              }}
            >
              {word}
            </button>
          ))}
        </div>
        <SearchBar searched={text} hits={hits} current={current} onSearch={search} onStep={setPending} />
        <Button onClick={() => view.current?.follow()} disabled={follows} aria-pressed={follows}>
          {follows ? 'Following' : 'Jump to end'}
        </Button>
        <Button onClick={() => void save()} disabled={state.size === 0}>
          Save
        </Button>
      </div>
      {state.isReconnecting && (
        <p className="log-notice" role="status">
          The connection was lost. It is made again, and the log goes on at byte {whole.format(state.size)}: nothing is
          missed.
        </p>
      )}
      {state.failure !== undefined && (
        <p className="log-notice log-notice-bad" role="alert">
          {state.failure}
        </p>
      )}
      <div ref={frame} className="log-frame">
        {client && (
          <LogView
            key={mode === 'events' ? 'events' : 'terminal'}
            handle={view}
            client={client}
            mode={mode}
            columns={columns}
            pattern={pattern}
            marked={marked}
            follows={follows}
            startOffset={startOffset}
            onFollow={setFollows}
            onToggle={toggle}
          />
        )}
        {state.rowCount === 0 && (
          <p className="log-empty soft">
            {state.hasEnded ? 'The agent printed nothing.' : 'Nothing was printed yet. It appears here as it comes.'}
          </p>
        )}
      </div>
      <p className="log-foot soft" data-log-size={state.size} data-log-ended={state.hasEnded}>
        <span title={`${whole.format(state.size)} bytes`}>{bytesText(state.size)}</span>
        <span>{whole.format(state.rowCount)} rows</span>
        {isCounting && <span>{Math.floor((100 * state.countedBytes) / state.size)} % laid out</span>}
        <span>{state.hasEnded ? 'complete' : 'live'}</span>
      </p>
    </section>
  );
}
