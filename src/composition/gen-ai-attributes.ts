import type { TokenFigures } from '../features/usage/index.js';
import type { ModelProvider } from '../ports/model-upstream.js';

/** As the GenAI conventions name them. */
export const PROVIDER_NAMES: Readonly<Record<ModelProvider, string>> = {
  anthropic: 'anthropic',
  openai: 'openai',
  google: 'gcp.gemini',
};

/** There, input includes what the cache read and wrote, and output what was reasoned; here no token is in two figures. */
export const usageAttributes = (figures: TokenFigures): Record<string, number> => ({
  'gen_ai.usage.input_tokens': figures.inputTokens + figures.cacheReadTokens + figures.cacheWriteTokens,
  'gen_ai.usage.output_tokens': figures.outputTokens + figures.reasoningTokens,
  'gen_ai.usage.cache_read.input_tokens': figures.cacheReadTokens,
  'gen_ai.usage.cache_creation.input_tokens': figures.cacheWriteTokens,
  'gen_ai.usage.reasoning.output_tokens': figures.reasoningTokens,
});
