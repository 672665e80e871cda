import { describe, expect, it } from '@jest/globals';
import { NO_TOKENS } from '../../kernel/token-figures.js';
import { ModelPrices } from './model-prices.js';
import { usdOf } from './usd.js';

const flat = (usd: number) => ({ input: usd, output: usd, cacheRead: usd, cacheWrite: usd });
const input = (inputTokens: number) => ({ ...NO_TOKENS, inputTokens });

describe('ModelPrices', () => {
  const prices = new ModelPrices({
    'sonnet-5': flat(1),
    'sonnet-*': flat(2),
    'sonnet-4-*': flat(3),
    tiered: { ...flat(1), longPrompt: { above: 100, ...flat(5) } },
  });
  const usdOfMillion = (model: string | undefined): number => prices.costOf(model, input(1_000_000)).nanoUsd / 1e9;

  it('finds a model by its name, else by the longest beginning', () => {
    expect(['sonnet-5', 'sonnet-6', 'sonnet-4-20260101', 'sonnet-4'].map(usdOfMillion)).toEqual([1, 2, 3, 2]);
  });

  it('tells tokens apart whose model has no price, or none', () => {
    for (const model of ['haiku', 'SONNET-5', '', undefined, 'constructor', '__proto__']) {
      expect(prices.costOf(model, { ...input(3), reasoningTokens: 4 })).toEqual({ nanoUsd: 0, unpricedTokens: 7 });
    }
  });

  it('counts tokens without a price as dear as any towards a budget', () => {
    expect(prices.budgetCostOf({ nanoUsd: 7, unpricedTokens: 0 })).toBe(7);
    expect(prices.budgetCostOf({ nanoUsd: 7, unpricedTokens: 1_000_000 })).toBe(5e9 + 7);
    expect([prices, new ModelPrices({}), new ModelPrices({ free: flat(0) })].map(({ anyCost }) => anyCost)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('bills reasoning as output, and each figure at its own price', () => {
    const each = new ModelPrices({ m: { input: 1, output: 10, cacheRead: 100, cacheWrite: 1000 } });
    const one = { inputTokens: 1, outputTokens: 1, reasoningTokens: 1, cacheReadTokens: 1, cacheWriteTokens: 1 };
    expect(each.costOf('m', one)).toEqual({ nanoUsd: 1_121_000, unpricedTokens: 0 });
  });

  it('takes the price of long prompts for all of a call whose prompt is longer, the cache included', () => {
    const tokens = { ...NO_TOKENS, inputTokens: 40, cacheReadTokens: 30, cacheWriteTokens: 30, outputTokens: 10 };
    expect(prices.costOf('tiered', tokens).nanoUsd).toBe(110_000);
    expect(prices.costOf('tiered', { ...tokens, inputTokens: 41 }).nanoUsd).toBe(555_000);
  });

  it('rounds each call to a whole billionth', () => {
    expect(new ModelPrices({ m: flat(0.0375) }).costOf('m', input(1)).nanoUsd).toBe(38);
  });

  it('remembers no more names than it has to', () => {
    for (let i = 0; i < 5000; i++) expect(prices.costOf(`sonnet-made-up-${i}`, input(1)).nanoUsd).toBe(2000);
    expect(usdOfMillion('sonnet-5')).toBe(1);
  });
});

describe('an amount in US dollars', () => {
  it.each([
    ['0', '0'],
    ['1', '0.000000001'],
    ['1000000000', '1'],
    ['1234567890', '1.23456789'],
    ['20000000000000000000000', '20000000000000'],
  ])('%s billionths is %s', (nano, usd) => expect(usdOf(nano)).toBe(usd));
});
