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

/** Whose model this is by its name, which may stand behind a prefix and a slash; undefined for one that could be anybody's. */
export function providerOfModel(model: string): ModelProvider | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1);
  return (Object.keys(FAMILIES) as ModelProvider[]).find((provider) => FAMILIES[provider].test(name));
}
