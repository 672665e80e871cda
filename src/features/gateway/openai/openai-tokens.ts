import type { TokenFigures } from '../../usage/index.js';
import { asObject, countIn, type Json } from '../json-values.js';

/**
 * OpenAI counts tokens that it read from its cache among the input, and tokens of reasoning among the output; writing to
 * the cache is not told apart. `input` and `output` are the names that the API at hand gives them.
 */
export function tokensOf(usage: Json, input: string, output: string): TokenFigures {
  const inputTokens = countIn(usage, `${input}_tokens`) ?? 0;
  const cached = countIn(asObject(usage[`${input}_tokens_details`]), 'cached_tokens') ?? 0;
  const cacheReadTokens = Math.min(cached, inputTokens);
  const written = countIn(usage, `${output}_tokens`) ?? 0;
  const reasoned = countIn(asObject(usage[`${output}_tokens_details`]), 'reasoning_tokens') ?? 0;
  const reasoningTokens = Math.min(reasoned, written);
  return {
    inputTokens: inputTokens - cacheReadTokens,
    outputTokens: written - reasoningTokens,
    cacheReadTokens,
    cacheWriteTokens: 0,
    reasoningTokens,
  };
}
