import { describe, expect, it } from '@jest/globals';
import { shownText } from './shown-text.js';

const KEY = 'my-own-gateway-key-1';

describe('shownText', () => {
  it('gives one line without control characters', () => {
    expect(shownText('  a\r\n\tb\u001b[31mc\u0000\u202e\u2028d ', KEY, 100)).toBe('a b[31mc d');
  });

  it.each([
    ['plain', KEY],
    ['parted by characters that are not seen', Array.from(KEY).join('\u200b')],
    ['parted by control characters', Array.from(KEY).join('\u0007')],
    ['hex', Buffer.from(KEY).toString('hex')],
    ['URL-encoded', encodeURIComponent(KEY)],
  ])('masks the key %s', (_name, written) => {
    expect(shownText(`key ${written}!`, KEY, 1000)).toMatch(/^key \*{20,}!$/);
  });

  it('masks other keys, too', () => {
    expect(shownText(`other sk-ant-${'a'.repeat(40)}.`, KEY, 100)).toMatch(/^other \*{47}\.$/);
  });

  it('masks before it cuts, and shows no beginning of a key at its end', () => {
    expect(shownText(`${'x'.repeat(90)}${KEY}`, KEY, 100)).toBe(`${'x'.repeat(90)}${'*'.repeat(9)}…`);
    expect(shownText(`told: ${KEY.slice(0, -1)}`, KEY, 100)).toBe(`told: ${'*'.repeat(KEY.length - 1)}`);
  });

  it('counts characters, mends what is no text, and is null for nothing', () => {
    expect(shownText('😀'.repeat(6), KEY, 5)).toBe('😀😀😀😀…');
    expect(shownText('a\ud800b', KEY, 5)).toBe('a\ufffdb');
    expect(shownText('\n\u0000', KEY, 5)).toBeNull();
  });
});
