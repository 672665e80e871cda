import { describe, expect, it } from '@jest/globals';
import { takeColours, wrapColoured, wrapText } from './wrap-text.js';

const texts = (line: string, columns: number): readonly string[] => wrapText(line, columns).map(({ text }) => text);

describe('wrapText', () => {
  it('keeps every character, in pieces that fit and know where they begin', () => {
    const line = 'the pod "checkout" naïve 🦉🦉 was-restarted-very-often-in-the-last-hour by nobody ';
    for (let columns = 4; columns < 90; columns += 1) {
      const pieces = wrapText(line, columns);
      expect(pieces.map(({ text }) => text).join('')).toBe(line);
      for (const { start, text } of pieces) {
        expect(line.slice(start, start + text.length)).toBe(text);
        expect(Array.from(text).reduce((sum, each) => sum + (each < '\u007f' ? 1 : 2), 0)).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('breaks behind a space where there is one, else anywhere', () => {
    expect(texts('All commands are real.', 14)).toEqual(['All commands ', 'are real.']);
    expect(texts('abc defghi jkl', 10)).toEqual(['abc defghi', ' jkl']);
    expect(texts('abcdefg hijkl', 10)).toEqual(['abcdefg ', 'hijkl']);
    expect(texts('', 10)).toEqual(['']);
  });

  it('cuts lines of ASCII where it cuts others', () => {
    const line = 'lastState: terminated with exit code 137, reason OOMKilled;   restarts: 12   ';
    for (let columns = 4; columns < 80; columns += 1) {
      expect(texts(`${line}é`, columns).join('|')).toBe(`${texts(`${line}xx`, columns).join('|').slice(0, -2)}é`);
    }
  });

  it('makes spaces of tabs', () => {
    expect(texts('a\tb', 20)).toEqual([`a${' '.repeat(7)}b`]);
    expect(texts('\t\t', 4).every((text) => text.length <= 4)).toBe(true);
  });
});

describe('wrapColoured', () => {
  it('begins each row with the colours that hold, and ends it without', () => {
    const rows = wrapColoured('\u001b[31mabcdefghij\u001b[0mklm', 5);
    expect(rows).toEqual(['\u001b[31mabcde\u001b[0m', '\u001b[31mfghij\u001b[0m', '\u001b[31m\u001b[0mklm\u001b[0m']);
    expect(rows.map((row) => takeColours(row).plain).join('')).toBe('abcdefghijklm');
  });

  it('bounds the colours that it carries on', () => {
    const rows = wrapColoured('\u001b[1;31m'.repeat(1000) + 'x'.repeat(40), 10);
    expect(rows.slice(1).every((row) => row.length < 250)).toBe(true);
  });
});
