import { describe, expect, it } from '@jest/globals';
import { newRunId } from '../../kernel/ids.js';
import { linesWith } from './lines-with.js';

/** The lines of a log that is read in pieces of at most this length. */
async function linesOf(text: string | Buffer, pieceBytes = Number.POSITIVE_INFINITY): Promise<string[]> {
  const bytes = Buffer.from(text);
  const lines: string[] = [];
  const logs = {
    size: async () => bytes.length,
    read: async (_: unknown, offset: number, maxBytes: number) =>
      bytes.subarray(offset, offset + Math.min(maxBytes, pieceBytes)),
  };
  await linesWith(logs, newRunId(), '"m"', (line) => lines.push(line));
  return lines;
}

describe('linesWith', () => {
  const log = 'first "m"\nno mark\n{"m" "m" ü}\n\n"m"\r\nlast "m"';
  const found = ['first "m"', '{"m" "m" ü}', '"m"\r', 'last "m"'];

  it('gives each line that holds the mark once, also the last one without its newline', async () => {
    expect(await linesOf(log)).toEqual(found);
    expect(await linesOf(`${log}\n`)).toEqual(found);
    expect(await linesOf('')).toEqual([]);
    expect(await linesOf('\n\n')).toEqual([]);
  });

  it('gives the same wherever the log is cut into pieces', async () => {
    for (let pieceBytes = 1; pieceBytes <= log.length; pieceBytes += 1) {
      expect(await linesOf(log, pieceBytes)).toEqual(found);
    }
  });

  it('leaves out a line of more than a piece, and goes on after it', async () => {
    const long = `"m"${'x'.repeat(3 * 1024 * 1024)}"m"`;
    expect(await linesOf(`a "m"\n${long}\nb "m"\n`)).toEqual(['a "m"', 'b "m"']);
    expect(await linesOf(long)).toEqual([]);
  });
});
