import { expect, it } from '@jest/globals';
import { KnownTokens } from './known-tokens.js';

it('knows each of its tokens, whole, and no other', () => {
  const known = new KnownTokens(['first', 'second']);
  expect(['first', 'second', 'firs', 'first ', 'FIRST', ''].map((shown) => known.has(shown))).toEqual([
    ...[true, true],
    ...[false, false, false, false],
  ]);
  expect(new KnownTokens([]).has('')).toBe(false);
});
