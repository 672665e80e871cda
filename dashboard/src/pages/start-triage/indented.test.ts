import { describe, expect, it } from '@jest/globals';
import { indented } from './indented.js';

describe('indented', () => {
  it.each([
    { a: 1, b: [true, null, -1.5, 'x'], c: {}, d: [], e: { f: [{}, [[]]] } },
    { 'a "key": {': 'a, "text" [\\\\" \\', é: '\n\t}]' },
  ])('writes %j as JSON.stringify does, however it came', (value) => {
    const expected = JSON.stringify(value, undefined, 2);
    expect(indented(JSON.stringify(value))).toBe(expected);
    expect(indented(JSON.stringify(value, undefined, '\t'))).toBe(expected);
  });

  it('changes no number and leaves out no key', () => {
    expect(indented('{"id":12345678901234567890,"a":1.50,"a":1E2,"e":"\\u00e9"}')).toBe(
      '{\n  "id": 12345678901234567890,\n  "a": 1.50,\n  "a": 1E2,\n  "e": "\\u00e9"\n}',
    );
  });

  it('stays small for what is nested deep', () => {
    const depth = 20_000;
    const json = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(indented(json).length).toBeLessThan(100 * json.length);
    expect(indented(json).replace(/\s/g, '')).toBe(json);
  });
});
