import type { ModelPrice, ModelPriceTable } from '../kernel/model-price.js';

const rates = (input: number, output: number, cacheRead: number, cacheWrite: number) => ({
  ...{ input, output, cacheRead, cacheWrite },
});

/** Under its own name and under those of its dated versions; a later model of the family has no price before somebody gives it one. */
const model = (name: string, price: ModelPrice): ModelPriceTable => ({ [name]: price, [`${name}-20*`]: price });

/**
 * What the AI agents' default models cost, as their providers publish it for standard use; docs/operation.md names sources
 * and dates. Anthropic's rates of writing to the cache are those of its 5 minutes; OpenAI and Google tell no such tokens apart.
 */
export const DEFAULT_MODEL_PRICES: ModelPriceTable = {
  ...model('claude-opus-5-5', rates(4, 20, 0.2, 5)),
  ...model('claude-sonnet-5-5', rates(2, 10, 0.1, 2.5)),
  ...model('claude-haiku-5-5', {
    ...rates(0.1, 0.5, 0.01, 0.125),
    longPrompt: { above: 100_000, ...rates(0.5, 2.5, 0.05, 0.625) },
  }),
  ...model('gpt-5.5', { ...rates(5, 30, 0.5, 5), longPrompt: { above: 272_000, ...rates(10, 45, 1, 10) } }),
  ...model('gpt-4.1', rates(2, 8, 0.5, 2)),
  ...model('gemini-2.5-pro', {
    ...rates(1.25, 10, 0.125, 1.25),
    longPrompt: { above: 200_000, ...rates(2.5, 15, 0.25, 2.5) },
  }),
};
