import type { Closable } from '../kernel/closing.js';

/** Tokens of every kind, and their price in billionths of a dollar; whole numbers below 2^53. */
export interface Spending {
  readonly tokens: number;
  readonly costNanoUsd: number;
}

/** What one subject may do, over all servers that share the store; null is without limit. */
export interface CallLimits {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  readonly concurrentCalls: number | null;
  readonly dayTokens: number | null;
  readonly dayCostNanoUsd: number | null;
}

/** A day of a subject's budget. */
export interface BudgetDay {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly endsAt: Date;
  /** At least so much was spent: what the store counts is raised to it, so that a store that was emptied forgives nothing. */
  readonly known: Spending;
}

export interface AskedCall {
  readonly callId: string;
  readonly limits: CallLimits;
  readonly day: BudgetDay;
}

export interface SettledCall {
  readonly callId: string;
  /** Of the call's beginning. */
  readonly day: string;
  readonly spent: Spending;
}

/** In the order in which they are looked at: who is refused by several is told of the first. */
export const SHARED_LIMITS = [
  'dayTokens',
  'dayCostNanoUsd',
  'tokensPerMinute',
  'requestsPerMinute',
  'concurrentCalls',
] as const satisfies readonly (keyof CallLimits)[];

export type SharedLimit = (typeof SHARED_LIMITS)[number];

export type CallDecision =
  | { readonly admitted: true }
  | {
      readonly admitted: false;
      readonly limit: SharedLimit;
      /** Until its window or day ends; a concurrent call may end at any moment: then a second. */
      readonly retryAfterMs: number;
      /** True once in each window of a limit and for each of its values, over all servers; of concurrent calls, once a minute. */
      readonly isFirst: boolean;
    };

/**
 * Admits calls of subjects within their limits, exactly, over all servers that share the store. A refused call takes nothing.
 *
 * - Requests: a window of a minute that opens with the first call admitted.
 * - Tokens: a window of a minute that opens with the first tokens settled. A call is admitted while they are below the limit;
 *   what is under way may go beyond it.
 * - Concurrent calls: slots with a lease, renewed while the call runs; those of a killed server are free when it has run out.
 * - A day's tokens and cost: a call is admitted while they are below the budget.
 *
 * Fails closed: when the store does not answer, `admit` rejects with SERVICE_UNAVAILABLE within a second.
 */
export interface CallLimiter extends Closable {
  admit(subject: string, call: AskedCall): Promise<CallDecision>;
  /**
   * Frees the call's slot and counts what it spent. Never rejects: a slot that could not be freed runs out, and a day's
   * spending comes back as what is known of it.
   */
  settle(subject: string, call: SettledCall): Promise<void>;
}
