import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, TenantId } from '../../kernel/ids.js';
import type { CallLimits, Spending } from '../../ports/call-limiter.js';
import { SHARED_LIMITS } from '../../ports/call-limiter.js';
import type { AiAgentLimit } from '../gateway/index.js';
import { usdOf } from '../usage/index.js';

/** What one AI agent of an instance may ask of its models; null is without limit. */
export interface AiAgentLimits extends CallLimits {
  readonly runTokens: number | null;
  readonly runCostNanoUsd: number | null;
}

export const RUN_LIMITS = ['runTokens', 'runCostNanoUsd'] as const satisfies readonly (keyof AiAgentLimits)[];

export type LimitName = keyof AiAgentLimits;

export const LIMIT_NAMES: readonly LimitName[] = [...RUN_LIMITS, ...SHARED_LIMITS];

export const NO_LIMITS: AiAgentLimits = {
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrentCalls: null,
  runTokens: null,
  runCostNanoUsd: null,
  dayTokens: null,
  dayCostNanoUsd: null,
};

/** Whose limits they are. */
export interface LimitsOwner {
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
}

interface LimitWords {
  readonly kind: AiAgentLimit;
  /** As the input of `setAiAgentLimits` names it. */
  readonly path: string;
  /** A value of it, for people. */
  readonly shown: (value: number) => string;
}

const usd = (nano: number): string => `${usdOf(String(nano))} USD`;
const count = (value: number): string => String(value);
const tokens = (value: number): string => `${value} tokens`;

export const LIMIT_WORDS: Readonly<Record<LimitName, LimitWords>> = {
  requestsPerMinute: { kind: 'REQUESTS_PER_MINUTE', path: 'requestsPerMinute', shown: count },
  tokensPerMinute: { kind: 'TOKENS_PER_MINUTE', path: 'tokensPerMinute', shown: tokens },
  concurrentCalls: { kind: 'CONCURRENT_CALLS', path: 'concurrentCalls', shown: count },
  runTokens: { kind: 'RUN_BUDGET', path: 'runBudget.tokens', shown: tokens },
  runCostNanoUsd: { kind: 'RUN_BUDGET', path: 'runBudget.costUsd', shown: usd },
  dayTokens: { kind: 'DAY_BUDGET', path: 'dayBudget.tokens', shown: tokens },
  dayCostNanoUsd: { kind: 'DAY_BUDGET', path: 'dayBudget.costUsd', shown: usd },
};

export const NOTHING_SPENT: Spending = { tokens: 0, costNanoUsd: 0 };

export const sumOf = (one: Spending, other: Spending): Spending => ({
  tokens: one.tokens + other.tokens,
  costNanoUsd: one.costNanoUsd + other.costNanoUsd,
});

export const greaterOf = (one: Spending, other: Spending): Spending => ({
  tokens: Math.max(one.tokens, other.tokens),
  costNanoUsd: Math.max(one.costNanoUsd, other.costNanoUsd),
});
