import { describe, expect, it } from '@jest/globals';
import { usageDrift } from './usage-drift.js';

const reported = (inputTokens: number, outputTokens: number, more: object = {}) => ({
  ...{ inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
  ...more,
});

describe('usageDrift', () => {
  const counted = { inputTokens: 10_000, outputTokens: 1_000 };
  it.each([
    ['what agrees', reported(10_000, 1_000), null],
    [
      'what agrees in all, told apart otherwise',
      reported(3_000, 900, { cacheReadTokens: 6_000, cacheWriteTokens: 1_000, reasoningTokens: 100 }),
      null,
    ],
    ['1 % less', reported(9_900, 1_000), null],
    ['a little more than 1 % less', reported(9_899, 1_000), -1.01],
    ['more output', reported(10_000, 1_250), 20],
    ['less input and a little more output', reported(5_000, 1_050), -50],
    ['nothing', reported(0, 0), -100],
    ['far too much', reported(1e15, 1e15), 100],
  ])('of %s', (_, said, drift) => {
    expect(usageDrift(counted, said)).toBe(drift);
  });

  it('of what was not counted at all is 100 %, and none of nothing', () => {
    expect(usageDrift({ inputTokens: 0, outputTokens: 0 }, reported(0, 5))).toBe(100);
    expect(usageDrift({ inputTokens: 0, outputTokens: 0 }, reported(0, 0))).toBeNull();
  });
});
