import type { AiAgent } from '../../kernel/ai-agents.js';
import type { ModelProvider } from '../../ports/model-upstream.js';
import { speaksResponses } from './goose-protocol.js';
import { anthropicProbe } from './probes/anthropic-probe.js';
import { googleProbe } from './probes/google-probe.js';
import { openaiChatProbe } from './probes/openai-chat-probe.js';
import { openaiResponsesProbe } from './probes/openai-responses-probe.js';
import type { Probe } from './probes/probe.js';

/** The probe in the protocol that the CLI speaks with this provider for this model. */
export function probeOf(aiAgent: AiAgent, provider: ModelProvider, model: string): Probe {
  if (provider === 'anthropic') return anthropicProbe;
  if (provider === 'google') return googleProbe;
  return aiAgent === 'GOOSE' && !speaksResponses(model) ? openaiChatProbe : openaiResponsesProbe;
}
