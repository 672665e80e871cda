import { describe, expect, it } from '@jest/globals';
import { JsonObjectReader } from './json-objects.js';
import type { Json } from './json-values.js';

const objects = (...pieces: string[]): Json[] => {
  const found: Json[] = [];
  const reader = new JsonObjectReader((object) => found.push(object));
  for (const piece of pieces) reader.write(Buffer.from(piece));
  return found;
};

describe('JsonObjectReader', () => {
  it('tells each outermost object as soon as it has ended', () => {
    expect(objects('[{"a":{"b":[{}]}}\n,', '{"c":"}\\"{"}')).toEqual([{ a: { b: [{}] } }, { c: '}"{' }]);
  });

  it('tells nothing of what is not JSON, and goes on behind it', () => {
    expect(objects('} ] {nonsense} [1,"{"] ', '{"a":1}')).toEqual([{ a: 1 }]);
  });

  it('does not tell an object of absurd length, but the next', () => {
    const long = 'x'.repeat(16 * 1024 * 1024);
    expect(objects('{"a":"', long, long, long, '"}', '{"b":1}')).toEqual([{ b: 1 }]);
  });
});
