/** USD for a million tokens. */
export interface TokenRates {
  /** Tokens that were neither read from nor written to the provider's prompt cache. */
  readonly input: number;
  /** Also of what the model reasoned. */
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** What a model's tokens cost. */
export interface ModelPrice extends TokenRates {
  /** For all tokens of a call whose prompt, cache included, has more tokens than that. */
  readonly longPrompt?: TokenRates & { readonly above: number };
}

/** By the name of a model, or by the beginning of names, with a `*` behind it. */
export type ModelPriceTable = Readonly<Record<string, ModelPrice>>;
