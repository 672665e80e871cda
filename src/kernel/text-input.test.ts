import { describe, expect, it } from '@jest/globals';
import { filledProseInput, lineInput, proseInput } from './text-input.js';

const refusal = (path: string) =>
  expect.objectContaining({ code: 'BAD_USER_INPUT', details: expect.objectContaining({ path }) });

describe('lineInput', () => {
  const line = (text: string, maximum = 10) => lineInput('input.name', 'A name', text, maximum);

  it('drops white space around a line and normalises it, so that what looks equal is equal', () => {
    expect(line('  e\u0301t\u00e9 \t')).toBe('\u00e9t\u00e9');
    expect(line('a b')).toBe('a b');
  });

  it('counts code points, after white space is dropped', () => {
    expect(line(` ${'😀'.repeat(10)} `)).toBe('😀'.repeat(10));
    expect(() => line('😀'.repeat(11))).toThrow(
      expect.objectContaining({ details: { path: 'input.name', maximum: 10, length: 11 } }),
    );
    expect(() => line('x'.repeat(1_000_000))).toThrow('at most 10 characters');
  });

  it.each(['', '   ', '\n', '\u200b', '\ufeff', '\u00a0\u2003'])('refuses the blank %j', (text) => {
    expect(() => line(text)).toThrow(refusal('input.name'));
  });

  it.each(['a\0b', 'a\nb', 'a\tb', 'a\u007fb', 'a\u0085b', 'a\u2028b', 'a\u2029b', 'a\ud800b', 'a\udc00'])(
    'refuses %j',
    (text) => {
      expect(() => line(text)).toThrow(refusal('input.name'));
    },
  );
});

describe('proseInput', () => {
  const prose = (text: string, maximum = 10) => proseInput('input.description', 'A description', text, maximum);

  it('keeps text as it was written', () => {
    for (const text of ['', ' a\r\n\tb ', 'e\u0301', '😀'.repeat(10)]) expect(prose(text)).toBe(text);
  });

  it.each(['a\0', '\u001b[2J', '\u0008', '\u009b', '\ud800', '😀'.repeat(11)])('refuses %j', (text) => {
    expect(() => prose(text)).toThrow(refusal('input.description'));
  });

  it('may be empty where that is allowed, and not where it must be filled', () => {
    for (const text of ['', ' \n ', '\u200b']) {
      expect(() => filledProseInput('input.task', 'A task', text, 10)).toThrow(refusal('input.task'));
    }
    expect(filledProseInput('input.task', 'A task', ' x\n', 10)).toBe(' x\n');
  });
});
