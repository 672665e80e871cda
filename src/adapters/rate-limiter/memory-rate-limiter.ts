import type { RateLimit, RateLimitDecision, RateLimiter } from '../../ports/rate-limiter.js';

interface Window {
  used: number;
  readonly endsAt: number;
}

/** Counts in this process alone: for one server. A changed limit counts on in the window that is open. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #windows = new Map<string, Window>();

  async consume(key: string, points: number, limit: RateLimit): Promise<RateLimitDecision> {
    const window = this.#window(key, limit);
    const allowed = window.used + points <= limit.limit;
    if (allowed) {
      window.used += points;
      this.#windows.set(nameOf(key, limit), window);
    }
    return decision(allowed, window, limit);
  }

  async peek(key: string, limit: RateLimit): Promise<RateLimitDecision> {
    return decision(true, this.#window(key, limit), limit);
  }

  exhausted(key: string, limit: RateLimit): RateLimitDecision | undefined {
    const window = this.#window(key, limit);
    return window.used >= limit.limit ? decision(false, window, limit) : undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The window that is open, or one that opens now. */
  #window(key: string, limit: RateLimit): Window {
    const now = Date.now();
    const open = this.#windows.get(nameOf(key, limit));
    return open && open.endsAt > now ? open : { used: 0, endsAt: now + limit.windowSeconds * 1000 };
  }
}

const nameOf = (key: string, { windowSeconds }: RateLimit): string => `${windowSeconds}:${key}`;

const decision = (allowed: boolean, { used, endsAt }: Window, { limit }: RateLimit): RateLimitDecision => ({
  allowed,
  limit,
  remaining: Math.max(0, limit - used),
  resetAt: new Date(endsAt),
});
