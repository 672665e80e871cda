import type { ModelPrice, ModelPriceTable } from '../../kernel/model-price.js';
import { tokenCount, type TokenFigures } from '../../kernel/token-figures.js';

/** What a call is estimated to cost. */
export interface CallCost {
  /** Billionths of a US dollar, rounded to a whole one for each call. */
  readonly nanoUsd: number;
  /** Tokens that are not in that sum, because nothing is known of their model's price. */
  readonly unpricedTokens: number;
}

const NANO_USD_PER_TOKEN_AND_USD_PER_MILLION = 1_000;
const MAX_KNOWN_NAMES = 1_000;

/** Knows what tokens cost: by the model's own name, else by the longest beginning that fits. */
export class ModelPrices {
  readonly #names = new Map<string, ModelPrice>();
  readonly #beginnings: (readonly [string, ModelPrice])[] = [];
  /** Found before; bounded, because names come from providers. */
  readonly #found = new Map<string, ModelPrice | undefined>();
  readonly #dearestNanoUsd: number;

  constructor(table: ModelPriceTable) {
    const rates = Object.values(table).flatMap((price) => (price.longPrompt ? [price, price.longPrompt] : [price]));
    const usd = rates.flatMap(({ input, output, cacheRead, cacheWrite }) => [input, output, cacheRead, cacheWrite]);
    this.#dearestNanoUsd = Math.max(0, ...usd) * NANO_USD_PER_TOKEN_AND_USD_PER_MILLION;
    for (const [name, price] of Object.entries(table)) {
      if (name.endsWith('*')) this.#beginnings.push([name.slice(0, -1), price]);
      else this.#names.set(name, price);
    }
    this.#beginnings.sort(([a], [b]) => b.length - a.length);
  }

  costOf(model: string | undefined, tokens: TokenFigures): CallCost {
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = tokens;
    const price = model === undefined ? undefined : this.#priceOf(model);
    if (!price) return { nanoUsd: 0, unpricedTokens: tokenCount(tokens) };
    const prompt = inputTokens + cacheReadTokens + cacheWriteTokens;
    const { longPrompt } = price;
    const rates = longPrompt && prompt > longPrompt.above ? longPrompt : price;
    const usdPerMillion =
      inputTokens * rates.input +
      (outputTokens + reasoningTokens) * rates.output +
      cacheReadTokens * rates.cacheRead +
      cacheWriteTokens * rates.cacheWrite;
    return { nanoUsd: Math.round(usdPerMillion * NANO_USD_PER_TOKEN_AND_USD_PER_MILLION), unpricedTokens: 0 };
  }

  /** False when nothing costs anything, so that no budget of cost could ever be spent. */
  get anyCost(): boolean {
    return this.#dearestNanoUsd > 0;
  }

  /**
   * What counts towards a budget, in billionths of a US dollar: tokens without a price as dear as any, so that a budget is
   * not passed by with a model that nobody has given a price.
   */
  budgetCostOf({ nanoUsd, unpricedTokens }: CallCost): number {
    return nanoUsd + Math.round(unpricedTokens * this.#dearestNanoUsd);
  }

  #priceOf(model: string): ModelPrice | undefined {
    if (this.#found.has(model)) return this.#found.get(model);
    const price = this.#names.get(model) ?? this.#beginnings.find(([beginning]) => model.startsWith(beginning))?.[1];
    if (this.#found.size >= MAX_KNOWN_NAMES) this.#found.clear();
    this.#found.set(model, price);
    return price;
  }
}
