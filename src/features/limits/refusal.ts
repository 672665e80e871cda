import type { AiAgent } from '../../kernel/ai-agents.js';
import { LIMIT_WORDS } from './ai-agent-limits.js';
import type { LimitName } from './ai-agent-limits.js';

/** What the agent, and who reads its log, is told: which limit, its value, what to do. */
export function refusalMessage(aiAgent: AiAgent, name: LimitName, value: number, seconds: number): string {
  const { path, shown } = LIMIT_WORDS[name];
  const whose = `${aiAgent} on this instance`;
  const raise = `an administrator can raise ${path} with setAiAgentLimits.`;
  switch (name) {
    case 'requestsPerMinute':
      return `${whose} may make ${shown(value)} model calls a minute. Wait ${seconds} s; ${raise}`;
    case 'tokensPerMinute':
      return `${whose} may use ${shown(value)} a minute. Wait ${seconds} s; ${raise}`;
    case 'concurrentCalls':
      return `${whose} may make ${shown(value)} model calls at once. Wait until one has ended; ${raise}`;
    case 'dayTokens':
    case 'dayCostNanoUsd':
      return `The day's budget of ${whose}, ${shown(value)}, is spent. Do not try again before 00:00 UTC; ${raise}`;
    case 'runTokens':
    case 'runCostNanoUsd':
      return `This run's budget, ${shown(value)}, is spent. Do not try again: end the work; ${raise}`;
  }
}

/** What is said of a run whose last model call was refused. */
export function refusedRunMessage(aiAgent: AiAgent, name: LimitName, value: number): string {
  const { path, shown } = LIMIT_WORDS[name];
  return `Its last model call was refused: ${path} of ${aiAgent} on its instance is ${shown(value)}. Raise it with setAiAgentLimits, or ask for less.`;
}
