import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RunRefusal } from '../limits/index.js';
import { KeptRefusal } from './kept-refusal.js';

const SPENT: RunRefusal = { limit: 'RUN_BUDGET', message: 'spent' };
const OFTEN: RunRefusal = { limit: 'REQUESTS_PER_MINUTE', message: 'too many' };

let written: (RunRefusal | undefined)[];
let fails: boolean;
let kept: KeptRefusal;
beforeEach(() => {
  jest.useFakeTimers();
  [written, fails] = [[], false];
  kept = new KeptRefusal(undefined, async (refusal) => {
    if (fails) throw new Error('away');
    written.push(refusal);
  });
});
afterEach(() => void jest.useRealTimers());

describe('KeptRefusal', () => {
  it('is written at once, then once a second at most, the latest one', async () => {
    kept.change(SPENT);
    await jest.advanceTimersByTimeAsync(0);
    expect(written).toEqual([SPENT]);
    for (let index = 0; index < 1000; index += 1) kept.change(index % 2 === 0 ? undefined : OFTEN);
    await jest.advanceTimersByTimeAsync(999);
    expect(written).toEqual([SPENT]);
    await jest.advanceTimersByTimeAsync(1);
    expect(written).toEqual([SPENT, OFTEN]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect([written.length, jest.getTimerCount()]).toEqual([2, 0]);
  });

  it('is tried again when it cannot be written', async () => {
    fails = true;
    kept.change(SPENT);
    await jest.advanceTimersByTimeAsync(3500);
    fails = false;
    await jest.advanceTimersByTimeAsync(1000);
    expect(written).toEqual([SPENT]);
  });

  it('is written when it is closed, and leaves no timer', async () => {
    kept.change(SPENT);
    await jest.advanceTimersByTimeAsync(0);
    kept.change(undefined);
    await kept.close();
    expect([written, jest.getTimerCount()]).toEqual([[SPENT, undefined], 0]);
    kept.change(OFTEN);
    await jest.advanceTimersByTimeAsync(2000);
    expect(written).toHaveLength(2);
  });
});
