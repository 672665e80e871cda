import { AI_AGENTS } from '../../kernel/ai-agents.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { TriagedError } from '../../kernel/errors.js';
import type { AiAgentAdapter } from './ai-agent-adapter.js';
import { claudeCode } from './claude-code.js';

const ADAPTERS: Partial<Record<AiAgent, AiAgentAdapter>> = { CLAUDE_CODE: claudeCode };

/** In the order of AI_AGENTS. */
export const supportedAiAgents: readonly AiAgent[] = (Object.keys(AI_AGENTS) as AiAgent[]).filter(
  (name) => ADAPTERS[name],
);

/** Throws AI_AGENT_NOT_CONFIGURED, saying which AI agents there are, for one that this server cannot run. */
export function adapterOf(aiAgent: AiAgent): AiAgentAdapter {
  const adapter = ADAPTERS[aiAgent];
  if (adapter) return adapter;
  throw new TriagedError(
    'AI_AGENT_NOT_CONFIGURED',
    `This server cannot run ${aiAgent} yet. Use ${supportedAiAgents.join(' or ')}.`,
    { aiAgent, supported: supportedAiAgents },
  );
}
