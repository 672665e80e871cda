import { describe, expect, it } from '@jest/globals';
import { jsonFaultPosition } from './json-fault.js';

describe('jsonFaultPosition', () => {
  it.each(['{}', ' [1, -2.5e+3, "a\\u00e9\\n", true, null, {"b": [[], {}]}] ', '"x"', '{"a":{"b":{}},"c":[{}]}'])(
    'finds no fault in %s',
    (text) => {
      expect(() => JSON.parse(text) as unknown).not.toThrow();
      expect(jsonFaultPosition(text)).toBeUndefined();
    },
  );

  it.each([
    ['', 0],
    ['{"a": }', 6],
    ['{"a": 1', 7],
    ['{"a": 1,}', 8],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{a: 1}', 1],
    ['{"a" 1}', 5],
    ['{} x', 3],
    ['[01]', 2],
    ['{"a": "b\u0000"}', 6],
    ['[}', 1],
  ])('finds the fault of %j at %d', (text, position) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(jsonFaultPosition(text)).toBe(position);
  });

  it('goes as deep as the text', () => {
    expect(jsonFaultPosition('['.repeat(200_000))).toBe(200_000);
    expect(jsonFaultPosition('['.repeat(1000) + ']'.repeat(1000))).toBeUndefined();
  });
});
