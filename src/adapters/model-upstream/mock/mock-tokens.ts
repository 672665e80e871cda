import { NO_TOKENS, type TokenFigures } from '../../../kernel/token-figures.js';

/** Which kinds a provider tells apart, beside what it read from its cache. */
interface Tells {
  readonly cacheWrites: boolean;
  readonly reasoning: boolean;
}

/**
 * Of a prompt and what was written in answer: all of it plain, unless the model's name ends with `mock-figures`, which asks
 * for tokens of every kind.
 */
export function tokensOf(model: string, prompt: number, written: number, tells: Tells): TokenFigures {
  if (!/(?:^|[-/])mock-figures$/.test(model)) return { ...NO_TOKENS, inputTokens: prompt, outputTokens: written };
  const cacheReadTokens = Math.floor(prompt / 2);
  const cacheWriteTokens = tells.cacheWrites ? Math.floor(prompt / 4) : 0;
  const reasoningTokens = tells.reasoning ? Math.floor(written / 3) : 0;
  return {
    ...{ inputTokens: prompt - cacheReadTokens - cacheWriteTokens, outputTokens: written - reasoningTokens },
    ...{ cacheReadTokens, cacheWriteTokens, reasoningTokens },
  };
}
