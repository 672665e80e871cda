import type { RunId } from '../../kernel/ids.js';
import type { RunLogReader } from './types.js';

const PIECE_BYTES = 1024 * 1024;
const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** Hands over each line of the log that holds the mark, in order, without its newline; lines of more than about 1 MiB are left out. */
export async function linesWith(
  logs: RunLogReader,
  runId: RunId,
  mark: string,
  take: (line: string) => void,
): Promise<void> {
  let begun = Buffer.alloc(0);
  let isTooLong = false;
  for (let offset = 0; ;) {
    const piece = await logs.read(runId, offset, PIECE_BYTES);
    offset += piece.length;
    const isLast = piece.length === 0;
    const bytes = Buffer.concat([begun, piece, ...(isLast ? [Buffer.from('\n')] : [])]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    // The end of a line that was given up is no line.
    const start = isTooLong ? bytes.indexOf(NEWLINE) + 1 : 0;
    if (end > 0) {
      takeLines(bytes.subarray(start, end), mark, take);
      isTooLong = false;
    }
    if (isLast) return;
    begun = bytes.subarray(end);
    if (begun.length > MAX_LINE_BYTES) {
      begun = Buffer.alloc(0);
      isTooLong = true;
    }
  }
}

/** `bytes` ends with a newline. */
function takeLines(bytes: Buffer, mark: string, take: (line: string) => void): void {
  for (let at = bytes.indexOf(mark); at !== -1;) {
    const end = bytes.indexOf(NEWLINE, at);
    take(bytes.toString('utf8', bytes.lastIndexOf(NEWLINE, at) + 1, end));
    at = bytes.indexOf(mark, end);
  }
}
