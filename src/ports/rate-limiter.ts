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
 * A fixed window that opens with the first point taken, exact at its boundary over all servers that share the store.
 * Fails closed: when the store does not answer, `consume` and `peek` reject with SERVICE_UNAVAILABLE within a second.
 */
export interface RateLimiter extends Closable {
  /** Takes all the points, or none when fewer are left: who asks for too many takes nothing from those who ask for less. */
  consume(key: string, points: number, limit: RateLimit): Promise<RateLimitDecision>;
  /** What is left, asked of the store; takes nothing and is always allowed. */
  peek(key: string, limit: RateLimit): Promise<RateLimitDecision>;
  /** A refusal from memory, when it is known that no point of the window is left; the store is not asked. */
  exhausted(key: string, limit: RateLimit): RateLimitDecision | undefined;
}
