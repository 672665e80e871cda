import { describe, expect, it } from '@jest/globals';
import { parseValue } from 'graphql';
import { ByteOffset } from './scalars.js';

describe('ByteOffset', () => {
  it('keeps whole numbers up to 2^53 - 1, as variables and as literals', () => {
    expect(ByteOffset.parseValue(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(ByteOffset.parseLiteral(parseValue('5000000000'))).toBe(5_000_000_000);
    expect(ByteOffset.serialize(0)).toBe(0);
  });

  it.each([-1, 1.5, 2 ** 53, Number.NaN, '7', null])('refuses %p', (value) => {
    expect(() => ByteOffset.parseValue(value)).toThrow(/whole number/);
  });

  it.each(['"7"', '9007199254740992', 'true'])('refuses the literal %s', (literal) => {
    expect(() => ByteOffset.parseLiteral(parseValue(literal))).toThrow(/whole number/);
  });
});
