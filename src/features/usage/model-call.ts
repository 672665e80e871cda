import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, RunId, TenantId } from '../../kernel/ids.js';
import type { TokenFigures } from '../../kernel/token-figures.js';

/**
 * COMPLETED: the provider answered in full. FAILED: it refused, reported an error, or could not be reached.
 * PARTIAL: the answer was cut, by either side; its tokens are what was known by then.
 */
export type ModelCallOutcome = 'COMPLETED' | 'FAILED' | 'PARTIAL';

/** Why a call counts as an error, and what that means. */
export const MODEL_CALL_ERRORS = {
  UNAUTHORIZED: "The provider refused the instance's key: 401 or 403.",
  RATE_LIMITED: 'The provider refused because of its own limits: 429.',
  INVALID_REQUEST: 'The provider refused the request: any other 4xx.',
  PROVIDER_ERROR: 'The provider failed: 5xx, or an error that its answer reported later.',
  TIMEOUT: 'The provider did not begin to answer in time.',
  UNREACHABLE: 'The provider could not be reached.',
  CUT: 'The provider ended its answer before it was whole.',
  REFUSED: 'The gateway refused what the call asked for, or how: nothing was sent.',
} as const satisfies Record<string, string>;

export type ModelCallError = keyof typeof MODEL_CALL_ERRORS;

/** Whose call it is. */
export interface ModelCallOwner {
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
  /** Null for a call that no run makes: that of a `runAgent` with an instance. */
  readonly runId: RunId | null;
}

/** A call that is about to be sent to its provider. */
export interface BegunModelCall extends ModelCallOwner {
  readonly callId: string;
  readonly startedAt: Date;
}

/** One model call, recorded exactly once. Every call is a request; calls that generate nothing have no tokens. */
export interface ModelCall extends BegunModelCall, TokenFigures {
  /** The model that answered, in the provider's words; undefined when none did. */
  readonly model: string | undefined;
  /** HTTP status given to the agent; undefined when it went away before there was one. */
  readonly status: number | undefined;
  readonly outcome: ModelCallOutcome;
  /** Present for FAILED, and for an answer that the provider cut; not for one that the agent abandoned. */
  readonly error: ModelCallError | undefined;
  /**
   * What a generation without a full report is taken to have spent beyond its figures. Counts towards budgets and tokens
   * per minute, and is in no other sum.
   */
  readonly unreportedTokens?: number;
}

/** A call that one of the AI agent's limits refused: nothing was sent, and it is no request. */
export interface LimitedModelCall extends ModelCallOwner {
  readonly at: Date;
}
