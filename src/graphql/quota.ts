import type { Actor } from '../kernel/actor.js';
import { TriagedError } from '../kernel/errors.js';
import type { TenantId } from '../kernel/ids.js';
import type { RateLimit, RateLimitDecision, RateLimiter } from '../ports/rate-limiter.js';

/** What tenants may still do. */
export interface TenantQuota {
  /**
   * Takes points from the quota of the actor's tenant, all or none; for 0 points it only asks what is left. Rejects with
   * SERVICE_UNAVAILABLE when the store does not answer.
   */
  take(actor: Actor, points: number): Promise<RateLimitDecision>;
  /** A refusal from memory, when it is known that nothing is left. */
  exhausted(actor: Actor): RateLimitDecision | undefined;
  /** Is told of each operation that is refused because too little is left. */
  readonly refused?: () => void;
}

/** One quota for each tenant, whatever the key or the transport: the tenant's own, else the server's. */
export function tenantQuota(
  limiter: RateLimiter,
  fallback: RateLimit,
  ofTenant: (tenantId: TenantId) => RateLimit | undefined = () => undefined,
): TenantQuota {
  const limitOf = (tenantId: TenantId): RateLimit => ofTenant(tenantId) ?? fallback;
  const keyOf = (tenantId: TenantId): string => `tenant:${tenantId}`;
  return {
    take: ({ tenantId }, points) =>
      points === 0
        ? limiter.peek(keyOf(tenantId), limitOf(tenantId))
        : limiter.consume(keyOf(tenantId), points, limitOf(tenantId)),
    exhausted: ({ tenantId }) => limiter.exhausted(keyOf(tenantId), limitOf(tenantId)),
  };
}

const secondsUntil = (date: Date): number => Math.max(1, Math.ceil((date.getTime() - Date.now()) / 1000));

/** The quota as one request, or one operation of a socket, meets it: asked once, before anything is executed. */
export class RequestQuota {
  #asked = false;

  constructor(
    private readonly quota: TenantQuota | undefined,
    private readonly actor: Actor,
    /** Hears the decision, also a refusal. */
    private readonly onDecision: (decision: RateLimitDecision) => void = () => undefined,
  ) {}

  /** Takes the points or throws RATE_LIMITED, having taken none. */
  async spend(points: number): Promise<void> {
    this.#asked = true;
    if (!this.quota) return;
    const decision = await this.quota.take(this.actor, points);
    this.onDecision(decision);
    if (!decision.allowed) this.#refuse(decision, points);
  }

  /**
   * Throws RATE_LIMITED for an operation that would be refused anyway, before anything is done for it. Costs nothing and asks
   * nobody: what is not known to be used up passes, and is to be spent. `cost` is asked for only when it is.
   */
  refuseExhausted(cost: () => number): void {
    const decision = this.quota?.exhausted(this.actor);
    const points = decision ? cost() : 0;
    if (!decision || points === 0) return;
    this.#asked = true;
    this.onDecision(decision);
    this.#refuse(decision, points);
  }

  /** For what failed before its cost was known (a body or a document that is not valid): that costs a point too. */
  async settle(): Promise<void> {
    if (!this.#asked) await this.spend(1);
  }

  #refuse(decision: RateLimitDecision, points: number): never {
    this.quota?.refused?.();
    throw refusal(decision, points);
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
