import { AgentEventDecoder, type AgentEvent, type LineParser } from '../../../../../sdk/src/renderer/index.js';
import { rawText } from './raw-text.js';
import type { Segment } from './segmenter.js';

/** What stands in a log, and where: an event of the agent's, or a line of bytes. */
export interface LogEntry {
  /** Where the line begins that it comes from, in bytes. */
  readonly offset: number;
  /** Among the entries of that line. */
  readonly ordinal: number;
  readonly event: AgentEvent;
}

const NEWLINE = 0x0a;

/**
 * The events of a segment. A text that comes in parts over the end of a segment becomes two. The unfinished last line of a
 * live log is left out while it may become an event.
 */
export function entriesOf(
  bytes: Uint8Array,
  segment: Segment,
  parse: LineParser,
  isLive: boolean,
): readonly LogEntry[] {
  const decoder = new AgentEventDecoder(parse);
  const entries: LogEntry[] = [];
  const add = (offset: number, events: readonly AgentEvent[]): void =>
    void entries.push(...events.map((event, ordinal) => ({ offset: segment.offset + offset, ordinal, event })));
  let at = 0;
  let last = 0;
  if (segment.startsInLine) {
    at = lineEnd(bytes, 0);
    const line = new TextDecoder().decode(bytes.subarray(0, bytes[at - 1] === NEWLINE ? at - 1 : at));
    add(0, [{ kind: 'raw', line, continued: true }]);
  }
  while (at < bytes.length) {
    const end = lineEnd(bytes, at);
    const isUnfinished = bytes[end - 1] !== NEWLINE;
    if (isUnfinished && isLive && bytes[at] === 0x7b) break;
    last = at;
    add(at, decoder.push(bytes.subarray(at, end)));
    at = end;
  }
  add(last, decoder.end());
  return numbered(entries);
}

/** The lines of a segment as bytes, shown with escapes. */
export function rawEntriesOf(bytes: Uint8Array, segment: Segment): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = lineEnd(bytes, at);
    const line = rawText(bytes.subarray(at, bytes[end - 1] === NEWLINE ? end - 1 : end));
    const continued = segment.startsInLine && at === 0;
    entries.push({ offset: segment.offset + at, ordinal: 0, event: { kind: 'raw', line, continued } });
    at = end;
  }
  return entries;
}

function lineEnd(bytes: Uint8Array, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline === -1 ? bytes.length : newline + 1;
}

/** A line's own events and those that its end brought forth are counted through. */
function numbered(entries: readonly LogEntry[]): readonly LogEntry[] {
  let ordinal = 0;
  return entries.map((entry, number) => {
    ordinal = entries[number - 1]?.offset === entry.offset ? ordinal + 1 : 0;
    return ordinal === entry.ordinal ? entry : { ...entry, ordinal };
  });
}
