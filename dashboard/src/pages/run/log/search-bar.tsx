import { useEffect, useRef, useState } from 'react';
import { Button, IconButton, SearchIcon } from '../../../ui/index.js';
import type { LogState } from './log-protocol.js';

const SETTLED_MS = 200;
const whole = new Intl.NumberFormat('en');

/** Searches the whole log: `/` comes here, Enter and Shift+Enter go on and back, Escape ends it. */
export function SearchBar({
  searched,
  hits,
  current,
  onSearch,
  onStep,
}: {
  /** What is searched for now. */
  readonly searched: string;
  readonly hits: LogState['hits'];
  readonly current: number | undefined;
  readonly onSearch: (text: string) => void;
  readonly onStep: (by: 1 | -1) => void;
}) {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (text === searched) return undefined;
    const timer = setTimeout(() => onSearch(text), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text, searched, onSearch]);

  const go = (by: 1 | -1): void => {
    if (text !== searched) onSearch(text);
    onStep(by);
  };

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  return (
    <form
      className="log-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        go(1);
      }}
    >
      <SearchIcon />
      <input
        ref={input}
        className="control"
        type="search"
        aria-label="Search the log"
        placeholder="Search the log ( / )"
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
          if (event.key !== 'Enter' || !event.shiftKey) return;
          event.preventDefault();
          go(-1);
        }}
      />
      <span className="log-hits soft" role="status" title={hits?.failure}>
        {text !== '' && hits && wordOf(hits, current)}
      </span>
      <IconButton label="Hit before" icon="↑" disabled={!hits?.count} onClick={() => go(-1)} />
      <IconButton label="Next hit" icon="↓" disabled={!hits?.count} onClick={() => go(1)} />
      <Button type="submit" className="visually-hidden" tabIndex={-1}>
        Search
      </Button>
    </form>
  );
}

function wordOf({ count, isThrough, failure }: NonNullable<LogState['hits']>, current: number | undefined): string {
  if (failure !== undefined) return `${whole.format(count)}; the rest cannot be read`;
  const of = `${whole.format(count)}${isThrough ? '' : ' …'}`;
  if (current !== undefined) return `${whole.format(current + 1)} of ${of}`;
  return count === 0 && isThrough ? 'No hit' : of;
}
