import { SweptMap } from '../../kernel/swept-map.js';
import type { AskedCall, CallDecision, CallLimiter, SettledCall, SharedLimit } from '../../ports/call-limiter.js';
import { SHARED_LIMITS } from '../../ports/call-limiter.js';

interface Window {
  used: number;
  endsAt: number;
}

/** What is counted of one subject. */
interface Counts {
  readonly requests: Window;
  readonly tokens: Window;
  readonly slots: Set<string>;
  day: { readonly name: string; readonly endsAt: number; tokens: number; costNanoUsd: number };
  /** Which value of each limit was said to be reached, and until when that holds. */
  readonly told: Map<SharedLimit, { readonly value: number; readonly until: number }>;
}

export interface CallLimiterTimes {
  /** The window of requests and tokens; a minute unless a test says otherwise. */
  readonly windowMs?: number;
}

const MINUTE_MS = 60_000;
const SLOT_RETRY_MS = 1000;
/** How long a subject is kept whose day and windows are over: calls of that day may come late. */
const KEPT_MS = 60 * MINUTE_MS;

/** Counts in this process alone: for one server. Its slots need no lease, because they end with it. */
export class MemoryCallLimiter implements CallLimiter {
  readonly #subjects = new SweptMap<string, Counts>(isNeeded);
  readonly #windowMs: number;

  constructor({ windowMs = MINUTE_MS }: CallLimiterTimes = {}) {
    this.#windowMs = windowMs;
  }

  async admit(subject: string, { callId, limits, day }: AskedCall): Promise<CallDecision> {
    const now = Date.now();
    const counts = this.#countsOf(subject);
    const { day: name, endsAt, known } = day;
    // Days follow each other: who comes late with the old one is held to the new one.
    if (counts.day.name < name) counts.day = { name, endsAt: endsAt.getTime(), tokens: 0, costNanoUsd: 0 };
    if (counts.day.name === name) {
      counts.day.tokens = Math.max(counts.day.tokens, known.tokens);
      counts.day.costNanoUsd = Math.max(counts.day.costNanoUsd, known.costNanoUsd);
    }
    for (const limit of SHARED_LIMITS) {
      const value = limits[limit];
      if (value !== null && usedOf(counts, limit, now) >= value) return this.#refusal(counts, limit, value, now);
    }
    if (limits.requestsPerMinute !== null) this.#add(counts.requests, 1, now);
    if (limits.concurrentCalls !== null) counts.slots.add(callId);
    return { admitted: true };
  }

  async settle(subject: string, { callId, day, spent }: SettledCall): Promise<void> {
    const counts = this.#countsOf(subject);
    counts.slots.delete(callId);
    if (spent.tokens > 0) this.#add(counts.tokens, spent.tokens, Date.now());
    if (counts.day.name !== day) return;
    counts.day.tokens += spent.tokens;
    counts.day.costNanoUsd += spent.costNanoUsd;
  }

  /** How many subjects it has in mind. */
  get subjects(): number {
    return this.#subjects.size;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #countsOf(subject: string): Counts {
    return this.#subjects.getOrAdd(subject, () => ({
      requests: { used: 0, endsAt: 0 },
      tokens: { used: 0, endsAt: 0 },
      slots: new Set(),
      day: { name: '', endsAt: 0, tokens: 0, costNanoUsd: 0 },
      told: new Map(),
    }));
  }

  /** Opens the window when it is over. */
  #add(window: Window, count: number, now: number): void {
    const isOpen = window.endsAt > now;
    window.used = (isOpen ? window.used : 0) + count;
    if (!isOpen) window.endsAt = now + this.#windowMs;
  }

  #refusal(counts: Counts, limit: SharedLimit, value: number, now: number): CallDecision {
    const endsAt = {
      dayTokens: counts.day.endsAt,
      dayCostNanoUsd: counts.day.endsAt,
      tokensPerMinute: counts.tokens.endsAt,
      requestsPerMinute: counts.requests.endsAt,
      concurrentCalls: now + this.#windowMs,
    }[limit];
    const told = counts.told.get(limit);
    const isFirst = told?.value !== value || told.until <= now;
    if (isFirst) counts.told.set(limit, { value, until: endsAt });
    return {
      admitted: false,
      limit,
      retryAfterMs: limit === 'concurrentCalls' ? SLOT_RETRY_MS : Math.max(1, endsAt - now),
      isFirst,
    };
  }
}

/** False when nothing that it says can refuse a call any more. */
const isNeeded = ({ requests, tokens, slots, day }: Counts): boolean =>
  slots.size > 0 || Math.max(requests.endsAt, tokens.endsAt, day.endsAt) + KEPT_MS > Date.now();

function usedOf({ requests, tokens, slots, day }: Counts, limit: SharedLimit, now: number): number {
  const inWindow = ({ used, endsAt }: Window): number => (endsAt > now ? used : 0);
  switch (limit) {
    case 'dayTokens':
      return day.tokens;
    case 'dayCostNanoUsd':
      return day.costNanoUsd;
    case 'tokensPerMinute':
      return inWindow(tokens);
    case 'requestsPerMinute':
      return inWindow(requests);
    case 'concurrentCalls':
      return slots.size;
  }
}
