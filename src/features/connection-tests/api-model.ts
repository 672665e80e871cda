import type { AiAgent } from '../../kernel/ai-agents.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import { speaksResponses } from './goose-protocol.js';

/** Names that a CLI alone knows, and what the version of agent-image/versions.env sends in their place. */
export const MODEL_ALIASES = {
  CLAUDE_CODE: {
    default: 'claude-opus-5-5',
    best: 'claude-opus-5-5',
    opus: 'claude-opus-5-5',
    opusplan: 'claude-sonnet-5-5',
    sonnet: 'claude-sonnet-5-5',
    haiku: 'claude-haiku-5-5',
    fable: 'claude-fable-5-2',
  },
  GEMINI_CLI: {
    auto: 'gemini-3.1-pro-preview',
    pro: 'gemini-3.1-pro-preview',
    flash: 'gemini-3.8-flash',
    'flash-lite': 'gemini-3.5-flash-lite',
  },
} as const satisfies Partial<Record<AiAgent, Readonly<Record<string, string>>>>;

/** The name under which the provider knows a configured model. */
export function apiModel(aiAgent: AiAgent, provider: ModelProvider, model: string): string {
  const name = model.replace(PARTS_FOR_THE_CLI[aiAgent]?.(provider, model) ?? '', '');
  const aliases: Partial<Record<AiAgent, Readonly<Record<string, string>>>> = MODEL_ALIASES;
  const known = aliases[aiAgent] ?? {};
  return Object.hasOwn(known, name) ? known[name]! : name;
}

/** What of a model's name is not its provider's. */
const PARTS_FOR_THE_CLI: Partial<Record<AiAgent, (provider: ModelProvider, model: string) => RegExp | undefined>> = {
  // Asks for a longer context, by a header.
  CLAUDE_CODE: () => /\[1m\]$/i,
  GEMINI_CLI: () => /^models\//,
  OPENCODE: (provider) => new RegExp(`^${provider}/`),
  // How hard to think, which it says apart.
  GOOSE: (provider, model) =>
    provider === 'openai' && speaksResponses(model) ? /-(none|low|medium|high|xhigh)$/i : undefined,
};
