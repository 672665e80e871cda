import { describe, expect, it } from '@jest/globals';
import { findQuotes } from './quote-search.js';

const search = (log: string | Buffer, ...quotes: string[]) => {
  const bytes = Buffer.from(log);
  return findQuotes(async (offset, length) => bytes.subarray(offset, offset + length), quotes);
};
const MIB = 1024 * 1024;
const toolResult = (text: string): string => JSON.stringify({ type: 'user', content: text });

describe('findQuotes', () => {
  it.each([
    ['plain text', 'a crash\nhappened', 'happened', 'happened'],
    ['several lines as they are', 'x\nline 1\nline 2\n', 'line 1\nline 2', 'line 1\nline 2'],
    ['several lines within a JSON line', toolResult('line 1\nline "2"\n'), 'line 1\nline "2"', 'line 1\\nline \\"2\\"'],
    ['JSON within JSON', toolResult(toolResult('exit "1"')), 'exit "1"', 'exit \\\\\\"1\\\\\\"'],
    ['JSON that keeps to ASCII', '{"text":"na\\u00efve \\ud83e\\udd89"}', 'naïve 🦉', 'na\\u00efve \\ud83e\\udd89'],
    ['JSON that spares HTML', '{"text":"a \\u003c b"}', 'a < b', 'a \\u003c b'],
    ['characters of several bytes', 'é — naïve 🦉', 'naïve 🦉', 'naïve 🦉'],
  ])('finds %s', async (_, log, quote, form) => {
    const offset = Buffer.from(log).indexOf(form);
    expect(offset).toBeGreaterThanOrEqual(0);
    expect(await search(log, quote)).toEqual([{ offset, length: Buffer.byteLength(form) }]);
  });

  it('answers null for what is nowhere, in the order of the quotes, and the first place of many', async () => {
    expect(await search('b a b', 'made up', 'b', 'a')).toEqual([
      null,
      { offset: 0, length: 1 },
      { offset: 2, length: 1 },
    ]);
    expect(await search('', 'a')).toEqual([null]);
    expect(await search('a')).toEqual([]);
  });

  it.each([MIB - 3, MIB, 2 * MIB - 1])('finds what lies across windows, at %d', async (offset) => {
    const log = Buffer.alloc(3 * MIB, 'x');
    log.write('the quote', offset);
    expect(await search(log, 'the quote')).toEqual([{ offset, length: 9 }]);
  });

  it('takes no place in a line that writes the report: there a made-up quote would be found', async () => {
    const write = toolResult(
      'cat > report.json <<X\n{"outcome": "ROOT_CAUSE_FOUND", "evidence": [{"quote": "seen"}, {"quote": "made up"}]}',
    );
    const log = `${write}\n${toolResult('seen')}\n${write}`;
    expect(await search(log, 'seen', 'made up')).toEqual([
      { offset: log.indexOf(toolResult('seen')) + toolResult('seen').indexOf('seen'), length: 4 },
      null,
    ]);
  });

  it.each([
    ['begins', MIB - 4],
    ['ends', 5],
  ])('knows such a line also when its mark is cut by a window that %s there', async (_, markAt) => {
    const before = `first\n${'x'.repeat(markAt)}`;
    const log = `${before}UNDETERMINED made up${'y'.repeat(2 * MIB)} made up\nmade up`;
    expect(await search(log, 'made up')).toEqual([{ offset: log.length - 'made up'.length, length: 7 }]);
  });

  it('is done with 64 MiB and 50 quotes that are nowhere within seconds', async () => {
    const line = `${toolResult('x'.repeat(180))}\n`;
    const log = Buffer.from(line.repeat(Math.ceil((64 * MIB) / line.length)));
    const quotes = Array.from({ length: 50 }, (_, n) => `missing "${n}"`);
    const begun = performance.now();
    expect(await search(log, ...quotes)).toEqual(quotes.map(() => null));
    expect(performance.now() - begun).toBeLessThan(15_000);
  });

  it('neither blocks others nor goes on for long when every byte is compared hundreds of times', async () => {
    const log = Buffer.alloc(4 * MIB, 'a');
    const quotes = Array.from({ length: 50 }, (_, n) => `${'a'.repeat(n + 1)}b${'a'.repeat(498 - n)}`);
    const read = async (offset: number, length: number) => log.subarray(offset, offset + length);
    let [longestMs, seen] = [0, performance.now()];
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - seen);
      seen = performance.now();
    }, 1);
    const begun = performance.now();
    expect(await findQuotes(read, quotes, 1000)).toEqual(quotes.map(() => null));
    clearInterval(timer);
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(longestMs).toBeLessThan(1000);
  });
});
