import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { RepeatedNews } from './repeated-news.js';

describe('RepeatedNews', () => {
  it('tells each kind once in its time, and then how many were left out', async () => {
    const news = new RepeatedNews({ everyMs: 200 });
    const told: [string, number][] = [];
    const bring = (kind: string) => news.tell(kind, (leftOut) => void told.push([kind, leftOut]));
    for (let i = 0; i < 50; i++) bring('a');
    bring('b');
    expect(told.splice(0)).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
    await sleep(210);
    for (let i = 0; i < 3; i++) bring('a');
    expect(told).toEqual([['a', 49]]);
  });

  it('tells as many of a kind in its time as it may', async () => {
    const news = new RepeatedNews({ everyMs: 200, most: 3 });
    const told: number[] = [];
    const bring = (times: number) => {
      for (let i = 0; i < times; i++) news.tell('a', (leftOut) => void told.push(leftOut));
      return told.splice(0);
    };
    expect(bring(5)).toEqual([0, 0, 0]);
    await sleep(210);
    expect(bring(2)).toEqual([2, 0]);
  });
});
