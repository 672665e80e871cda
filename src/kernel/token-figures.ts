/**
 * Tokens as the provider reported them; no token is in two figures. Input does not include what was read from, or written
 * to, its prompt cache; output does not include what the model reasoned, where the provider tells that apart.
 */
export interface TokenFigures {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
}

export const NO_TOKENS: TokenFigures = {
  ...{ inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
};

/** All of them. */
export const tokenCount = (figures: TokenFigures): number =>
  figures.inputTokens +
  figures.outputTokens +
  figures.cacheReadTokens +
  figures.cacheWriteTokens +
  figures.reasoningTokens;
