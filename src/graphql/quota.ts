import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';
import type { RateLimit, RateLimitDecision, RateLimiter } from '../ports/rate-limiter.js';

/** Takes points from the quota of the actor's tenant. Rejects with SERVICE_UNAVAILABLE when the store does not answer. */
export type TakeQuota = (actor: Actor, points: number) => Promise<RateLimitDecision>;

/** One quota for each tenant, whatever the key or the transport. */
export const tenantQuota =
  (limiter: RateLimiter, limit: RateLimit): TakeQuota =>
  (actor, points) =>
    limiter.consume(`tenant:${actor.tenantId}`, points, limit);

const secondsUntil = (date: Date): number => Math.max(1, Math.ceil((date.getTime() - Date.now()) / 1000));

/** Takes the points or throws RATE_LIMITED; `onDecision` hears the decision either way. Where nothing is to be taken, none is made. */
export async function enforceQuota(
  take: TakeQuota | undefined,
  actor: Actor,
  points: number,
  onDecision: (decision: RateLimitDecision) => void = () => undefined,
): Promise<void> {
  if (!take || points === 0) return;
  const decision = await take(actor, points);
  onDecision(decision);
  if (decision.allowed) return;
  const { limit, remaining, resetAt } = decision;
  const retryAfterSeconds = secondsUntil(resetAt);
  throw new TriagedError(
    'RATE_LIMITED',
    `The quota of ${limit} requests is used up. Try again in ${retryAfterSeconds} s.`,
    {
      limit,
      remaining,
      resetAt: resetAt.toISOString(),
      retryAfterSeconds,
    },
  );
}

/** What a client may know of its quota before it is refused. */
export const quotaHeaders = ({
  limit,
  remaining,
  resetAt,
}: Pick<RateLimitDecision, 'limit' | 'remaining' | 'resetAt'>): [string, string][] => [
  ['ratelimit-limit', String(limit)],
  ['ratelimit-remaining', String(remaining)],
  ['ratelimit-reset', String(secondsUntil(resetAt))],
];
