import type { ModelProvider } from '../../../ports/model-upstream.js';
import type { Probe } from '../../connection-tests/index.js';
import { anthropicCompletion } from './anthropic-completion.js';
import type { CompletionProtocol } from './completion.js';
import { googleCompletion } from './google-completion.js';
import { openaiChatCompletion } from './openai-chat-completion.js';
import { openaiResponsesCompletion } from './openai-responses-completion.js';

const COMPLETIONS = [anthropicCompletion, googleCompletion, openaiChatCompletion, openaiResponsesCompletion];

/**
 * In the protocol of the AI agent's connection test, which is the one that its CLI speaks for this model: that is what its
 * base URL, if it has one, is for.
 */
export function completionOf(probe: Probe, model: string): CompletionProtocol {
  const path = probe.path(model);
  return COMPLETIONS.find((each) => each.provider === probe.provider && each.path(model) === path)!;
}

const FAMILIES: Readonly<Record<ModelProvider, RegExp>> = {
  anthropic: /^claude\b/i,
  openai: /^(gpt|chatgpt|o\d)/i,
  google: /^gem(ini|ma)\b/i,
};

const withoutPrefix = (model: string): string => model.slice(model.lastIndexOf('/') + 1);

/** As its provider is asked for it: Google's are part of a path, where a prefix has no place. */
export const modelOf = (provider: ModelProvider, model: string): string =>
  provider === 'google' ? withoutPrefix(model) : model;

/** Whose model this is by its name, which may stand behind a prefix and a slash; undefined for one that could be anybody's. */
export function providerOfModel(model: string): ModelProvider | undefined {
  const name = withoutPrefix(model);
  return (Object.keys(FAMILIES) as ModelProvider[]).find((provider) => FAMILIES[provider].test(name));
}
