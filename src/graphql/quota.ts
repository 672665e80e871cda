import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';
import type { TenantId } from '../kernel/ids.js';
import type { RateLimit, RateLimitDecision, RateLimiter } from '../ports/rate-limiter.js';

/**
 * Takes points from the quota of the actor's tenant, all or none; for 0 points it only asks what is left. Rejects with
 * SERVICE_UNAVAILABLE when the store does not answer.
 */
export type TakeQuota = (actor: Actor, points: number) => Promise<RateLimitDecision>;

/** One quota for each tenant, whatever the key or the transport: the tenant's own, else the server's. */
export const tenantQuota =
  (
    limiter: RateLimiter,
    fallback: RateLimit,
    ofTenant: (tenantId: TenantId) => RateLimit | undefined = () => undefined,
  ): TakeQuota =>
  ({ tenantId }, points) => {
    const limit = ofTenant(tenantId) ?? fallback;
    const key = `tenant:${tenantId}`;
    return points === 0 ? limiter.peek(key, limit) : limiter.consume(key, points, limit);
  };

const secondsUntil = (date: Date): number => Math.max(1, Math.ceil((date.getTime() - Date.now()) / 1000));

/** The quota as one request, or one operation of a socket, meets it: asked once, before anything is executed. */
export class RequestQuota {
  #asked = false;

  constructor(
    private readonly take: TakeQuota | undefined,
    private readonly actor: Actor,
    /** Hears the decision, also a refusal. */
    private readonly onDecision: (decision: RateLimitDecision) => void = () => undefined,
  ) {}

  /** Takes the points or throws RATE_LIMITED, having taken none. */
  async spend(points: number): Promise<void> {
    this.#asked = true;
    if (!this.take) return;
    const decision = await this.take(this.actor, points);
    this.onDecision(decision);
    if (!decision.allowed) throw refusal(decision, points);
  }

  /** For what failed before its cost was known (a body or a document that is not valid): that costs a point too. */
  async settle(): Promise<void> {
    if (!this.#asked) await this.spend(1);
  }
}

function refusal({ limit, remaining, resetAt }: RateLimitDecision, points: number): TriagedError {
  const retryAfterSeconds = secondsUntil(resetAt);
  const message =
    points > limit
      ? `This operation costs ${points} points of a quota of ${limit}: start fewer agents in one request.`
      : remaining > 0
        ? `This operation costs ${points} points; ${remaining} of ${limit} are left for ${retryAfterSeconds} s.`
        : `The quota of ${limit} requests is used up. Try again in ${retryAfterSeconds} s.`;
  const details = { limit, remaining, resetAt: resetAt.toISOString(), retryAfterSeconds };
  return new TriagedError('RATE_LIMITED', message, details);
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
