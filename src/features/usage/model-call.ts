import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, RunId, TenantId } from '../../kernel/ids.js';

/** Tokens as the provider reported them. Input does not include what was read from, or written to, its prompt cache. */
export interface TokenFigures {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

export const NO_TOKENS: TokenFigures = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/**
 * COMPLETED: the provider answered in full. FAILED: it refused, reported an error, or could not be reached.
 * PARTIAL: the answer was cut, by either side; its tokens are what was known by then.
 */
export type ModelCallOutcome = 'COMPLETED' | 'FAILED' | 'PARTIAL';

/** One model call of a run, recorded exactly once. Every call is a request; calls that generate nothing have no tokens. */
export interface ModelCall extends TokenFigures {
  readonly callId: string;
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly runId: RunId;
  readonly aiAgent: AiAgent;
  readonly startedAt: Date;
  /** The model that answered, in the provider's words; undefined when none did. */
  readonly model: string | undefined;
  /** HTTP status given to the agent; undefined when it went away before there was one. */
  readonly status: number | undefined;
  readonly outcome: ModelCallOutcome;
  /** True for FAILED, and for an answer that the provider cut; not for one that the agent abandoned. */
  readonly isError: boolean;
}
