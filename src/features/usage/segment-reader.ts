import type { JournalSegment } from './journal-segment.js';
import { recordOf, type JournalRecord } from './journal-record.js';

/** As much of a segment as is held in memory, and applied, at once. */
const PART_BYTES = 1024 ** 2;
const NEWLINE = 0x0a;

/** Whole lines that follow each other. */
export interface SegmentLines {
  readonly from: number;
  readonly to: number;
  readonly records: readonly JournalRecord[];
  /** Lines that are none. */
  readonly damaged: number;
  /** The segment ends amid a line, which `to` passes over. */
  readonly torn: boolean;
}

/** What lies between two lines' beginnings, or up to the end of a segment that was cut anywhere. */
export async function* linesOf(segment: JournalSegment, from: number, to: number): AsyncGenerator<SegmentLines> {
  for (let at = from; at < to;) {
    const bytes = await segment.read(at, Math.min(PART_BYTES, to - at));
    const lines = parse(bytes, at, at + bytes.length >= to);
    // Nothing is there where the file was longer once.
    if (lines.to === at) return;
    yield lines;
    at = lines.to;
  }
}

function parse(bytes: Buffer, from: number, isLast: boolean): SegmentLines {
  const whole = bytes.lastIndexOf(NEWLINE) + 1;
  const torn = isLast && whole < bytes.length;
  // No line is as long as a part: what has no end in it is damaged.
  const isDamaged = whole === 0 && !isLast;
  const texts = whole === 0 ? [] : bytes.toString('utf8', 0, whole - 1).split('\n');
  const records = texts.flatMap((text) => recordOf(text) ?? []);
  return {
    from,
    to: from + (torn || isDamaged ? bytes.length : whole),
    records,
    damaged: texts.length - records.length + (isDamaged ? 1 : 0),
    torn,
  };
}
