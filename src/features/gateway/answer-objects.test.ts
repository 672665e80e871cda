import { describe, expect, it } from '@jest/globals';
import { AnswerObjects } from './answer-objects.js';

const parse = (text: string) => new AnswerObjects().parse(text);
const list = (count: number, element: string): string => `{"a":[${Array(count).fill(element).join()}]}`;

describe('AnswerObjects', () => {
  it('gives objects, however long their texts, and nothing else', () => {
    const text = ',[{"\\'.repeat(100_000);
    expect(parse(JSON.stringify({ text }))).toEqual({ text });
    for (const other of ['[{}]', '1', 'null', '', '{"a":', '{}x']) expect(parse(other)).toBeUndefined();
  });

  it('parses 100,000 values and not more', () => {
    expect(parse(list(99_990, '12'))).toBeDefined();
    for (const [count, element] of [
      [100_001, '12'],
      [100_001, '{}'],
      [100_001, '[]'],
      [50_001, '{"abc":0}'],
    ] as const) {
      expect(parse(list(count, element))).toBeUndefined();
    }
    expect(parse(`{"a":${'['.repeat(150_000)}${']'.repeat(150_000)}}`)).toBeUndefined();
  });

  it('gives an answer up in which a hundred texts were no object', () => {
    const objects = new AnswerObjects();
    for (let index = 0; index < 99; index += 1) expect(objects.parse('{garbage}')).toBeUndefined();
    expect(objects.parse('{}')).toEqual({});
    objects.parse('{garbage}');
    expect(objects.parse('{}')).toBeUndefined();
  });
});
