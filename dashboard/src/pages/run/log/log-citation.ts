import { searchedLines } from './layout.js';
import { FETCH_BYTES } from './log-bytes.js';
import type { LogModel } from './log-model.js';
import { leadTo, type FoundRow } from './log-search.js';
import { pause } from './pause.js';

/** A cited place: its row, and the lines of the quote, to be marked in the rows of its entry. */
export interface CitedRow extends FoundRow {
  readonly quote: readonly string[];
}

/**
 * Leads to the bytes that a report cites; opens what hides them. Waits until the log was read so far; undefined when it ended
 * before.
 */
export async function locateCitation(
  model: LogModel,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<CitedRow | undefined> {
  while (model.segments.size < offset + length) {
    if (model.hasEnded) return undefined;
    await pause(50);
  }
  const number = model.segments.numberOf(offset);
  const { entries } = await model.lay(number);
  const line = entries.findLast((entry) => entry.offset <= offset)?.offset;
  const ofLine = entries.filter((entry) => entry.offset === line);
  if (ofLine.length === 0) return undefined;
  const quoted = new TextDecoder().decode(await model.bytes.read(offset, offset + length, FETCH_BYTES.place));
  const { mode } = model.layout;
  const quote = mode === 'raw' ? [quoted] : linesOf(quoted);
  for (const entry of ofLine) {
    const lines = searchedLines(entry, mode);
    const first = lines.findIndex((text) => text.includes(quote[0] ?? ''));
    if (first !== -1 && quote[0]) {
      const place = { line: first, column: lines[first]!.indexOf(quote[0]) };
      return { ...(await leadTo(model, number, entry, place)), quote };
    }
  }
  return { ...(await leadTo(model, number, ofLine[0]!, { line: 0, column: 0 })), quote };
}

/** A quote lies in the log as JSON writes it, or as it is. */
function linesOf(quoted: string): readonly string[] {
  const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
  try {
    return lines(JSON.parse(`"${quoted}"`) as string);
  } catch {
    return lines(quoted);
  }
}
