import type { ProviderFeature } from '../../../kernel/provider-features.js';
import type { AllowedFeatures } from '../inspection/refusal.js';

const BETAS: readonly (readonly [RegExp, ProviderFeature])[] = [
  [/^web-search-/, 'WEB_SEARCH'],
  [/^web-fetch-/, 'WEB_FETCH'],
  [/^mcp-/, 'REMOTE_MCP'],
  [/^(?:code-execution|skills)-/, 'CODE_EXECUTION'],
  [/^files-api-/, 'FILES'],
  [/^(?:message-threads|agent-memory|managed-agents)-/, 'STORED_STATE'],
  [/^message-batches-/, 'BACKGROUND'],
];

/**
 * The betas of an `anthropic-beta` header without those that only serve what the instance does not allow. Left out, not
 * refused: CLIs send them whether they use them or not, and the body is what asks.
 */
export const allowedBetas = (header: string, allowed: AllowedFeatures): string =>
  header
    .split(',')
    .map((beta) => beta.trim())
    .filter(
      (beta) => beta !== '' && BETAS.every(([name, feature]) => !name.test(beta.toLowerCase()) || allowed.has(feature)),
    )
    .join(',');
