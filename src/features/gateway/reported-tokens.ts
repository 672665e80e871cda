import type { ModelProvider } from '../../ports/model-upstream.js';
import { NO_TOKENS, type TokenFigures } from '../usage/index.js';
import { PROTOCOLS } from './provider-protocols.js';

/** What a whole answer to a POST to this path says that it took, as the gateway counts it. */
export function reportedTokens(
  provider: ModelProvider,
  path: string,
  { contentType, body }: { readonly contentType: string; readonly body: Buffer },
): TokenFigures {
  const call = PROTOCOLS[provider].allowedCall('POST', new URL(path, 'http://gateway.invalid'));
  const reader = call?.usageReader(contentType);
  reader?.write(body);
  return reader?.findings.tokens ?? NO_TOKENS;
}
