import { describe, expect, it } from '@jest/globals';
import { GatheredReads } from './gathered-reads.js';

describe('GatheredReads', () => {
  it('reads once what is asked in one turn, for each group on its own, and anew in the next', async () => {
    const read: (readonly string[])[] = [];
    const reads = new GatheredReads(async (asked: readonly string[]) => {
      read.push(asked);
      return asked.join(' ');
    });
    const found = await Promise.all([
      reads.ask('acme', 'a'),
      reads.ask('acme', 'b'),
      reads.ask('acme', 'a'),
      reads.ask('globex', 'a'),
    ]);
    expect(found).toEqual(['a b a', 'a b a', 'a b a', 'a']);
    expect(await reads.ask('acme', 'b')).toBe('b');
    expect(read).toEqual([['a', 'b', 'a'], ['a'], ['b']]);
  });

  it('tells everybody who asked that it failed, and reads again later', async () => {
    let calls = 0;
    const reads = new GatheredReads(async () => {
      calls += 1;
      throw new Error('away');
    });
    const both = await Promise.allSettled([reads.ask('acme', 'a'), reads.ask('acme', 'b')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(reads.ask('acme', 'a')).rejects.toThrow('away');
    expect(calls).toBe(2);
  });
});
