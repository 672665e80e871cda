import { AI_AGENTS } from '../../kernel/ai-agents.js';
import type { AiAgent } from '../../kernel/ai-agents.js';

/** `triage_claude_20261120_190000.log`: the specification's name, with the run's creation in UTC. */
export function logFileName(aiAgent: AiAgent, createdAt: Date): string {
  const [date, time] = createdAt.toISOString().replaceAll(/[-:]/g, '').split(/[T.]/);
  return `triage_${AI_AGENTS[aiAgent].cli}_${date}_${time}.log`;
}
