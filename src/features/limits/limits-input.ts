import type { AiAgent } from '../../kernel/ai-agents.js';
import { badUserInput } from '../../kernel/errors.js';
import type { AiAgentLimits } from './ai-agent-limits.js';

type Optional<T> = T | null | undefined;

export interface SetBudget {
  readonly tokens?: Optional<number>;
  readonly costUsd?: Optional<number>;
}

/** What is left out stays as it is; what is null is without limit. */
export interface SetAiAgentLimits {
  readonly instanceId: string;
  readonly aiAgent: AiAgent;
  readonly requestsPerMinute?: Optional<number>;
  readonly tokensPerMinute?: Optional<number>;
  readonly concurrentCalls?: Optional<number>;
  readonly runBudget?: Optional<SetBudget>;
  readonly dayBudget?: Optional<SetBudget>;
}

export const MAX_REQUESTS = 1_000_000;
export const MAX_CONCURRENT = 1_000;
export const MAX_TOKENS = 1e12;
export const MAX_USD = 1_000_000;
const MIN_USD = 0.000001;
const NANO = 1e9;

/** Throws BAD_USER_INPUT, naming the field, for the first rule that is broken. */
export function changedLimits(input: SetAiAgentLimits, before: AiAgentLimits): AiAgentLimits {
  const kept = <T>(value: Optional<T>, present: number | null, check: (given: T) => number): number | null => {
    if (value === undefined) return present;
    return value === null ? null : check(value);
  };
  const [run, day] = [budgetOf(input.runBudget), budgetOf(input.dayBudget)];
  return {
    requestsPerMinute: kept(
      input.requestsPerMinute,
      before.requestsPerMinute,
      whole('requestsPerMinute', MAX_REQUESTS),
    ),
    tokensPerMinute: kept(input.tokensPerMinute, before.tokensPerMinute, whole('tokensPerMinute', MAX_TOKENS)),
    concurrentCalls: kept(input.concurrentCalls, before.concurrentCalls, whole('concurrentCalls', MAX_CONCURRENT)),
    runTokens: kept(run.tokens, before.runTokens, whole('runBudget.tokens', MAX_TOKENS)),
    runCostNanoUsd: kept(run.costUsd, before.runCostNanoUsd, cost('runBudget.costUsd')),
    dayTokens: kept(day.tokens, before.dayTokens, whole('dayBudget.tokens', MAX_TOKENS)),
    dayCostNanoUsd: kept(day.costUsd, before.dayCostNanoUsd, cost('dayBudget.costUsd')),
  };
}

/** A budget that is null is one without limit in either figure. */
const budgetOf = (budget: Optional<SetBudget>): SetBudget =>
  budget === null ? { tokens: null, costUsd: null } : (budget ?? {});

const NONE = 'or null for no limit. To keep an AI agent from calling its model at all, stop its instance.';

const whole =
  (path: string, max: number) =>
  (value: number): number => {
    if (Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
    throw badUserInput(`input.${path}`, `${path} is a whole number from 1 to ${max}, ${NONE}`);
  };

const cost =
  (path: string) =>
  (value: number): number => {
    if (value >= MIN_USD && value <= MAX_USD) return Math.round(value * NANO);
    throw badUserInput(`input.${path}`, `${path} is an amount from 0.000001 to ${MAX_USD} US dollars, ${NONE}`);
  };
