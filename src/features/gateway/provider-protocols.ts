import type { ModelProvider } from '../../ports/model-upstream.js';
import { anthropicProtocol } from './anthropic/anthropic-protocol.js';
import { googleProtocol } from './google/google-protocol.js';
import { openaiProtocol } from './openai/openai-protocol.js';
import type { Protocol } from './protocol.js';

export const PROTOCOLS: Readonly<Record<ModelProvider, Protocol>> = {
  anthropic: anthropicProtocol,
  openai: openaiProtocol,
  google: googleProtocol,
};

/** How a provider wants its key. */
export const credentialHeaders = (provider: ModelProvider, key: string): Readonly<Record<string, string>> =>
  PROTOCOLS[provider].credentialHeaders(key);

/** The provider that the URL's prefix names; undefined for any other prefix. */
export const providerOfUrl = (url: string): ModelProvider | undefined =>
  (Object.keys(PROTOCOLS) as ModelProvider[]).find((provider) => url.startsWith(`/${provider}/`));

/** What a request asks of a provider: the URL below the prefix that names it; undefined for any other prefix. */
export function urlBelowPrefix(provider: ModelProvider, url: string): URL | undefined {
  const prefix = `/${provider}/`;
  if (!url.startsWith(prefix)) return undefined;
  const parsed = URL.parse(url.slice(prefix.length - 1), 'http://gateway.invalid');
  return parsed?.host === 'gateway.invalid' ? parsed : undefined;
}
