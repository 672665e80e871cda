import type { Closable } from '../kernel/closing.js';

export interface RateLimit {
  /** Points per window. */
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface RateLimitDecision {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** When the window ends. */
  readonly resetAt: Date;
}

/**
 * A fixed window that opens with the first request, exact at its boundary over all servers that share the store.
 * Fails closed: when the store does not answer, `consume` rejects with SERVICE_UNAVAILABLE within a second.
 */
export interface RateLimiter extends Closable {
  consume(key: string, points: number, limit: RateLimit): Promise<RateLimitDecision>;
}
