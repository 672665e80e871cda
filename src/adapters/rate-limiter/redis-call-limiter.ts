import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { AskedCall, CallDecision, CallLimiter, SettledCall } from '../../ports/call-limiter.js';
import { SHARED_LIMITS } from '../../ports/call-limiter.js';
import { ADMIT, RENEW, SETTLE } from './call-limiter-scripts.js';
import type { CallLimiterTimes } from './memory-call-limiter.js';
import { openRedis, unavailable } from './redis-client.js';

export interface RedisCallLimiterOptions extends CallLimiterTimes {
  readonly url: string;
  readonly logger: Logger;
  /** For how long a slot outlives its server; 30 s unless a test says otherwise. Renewed three times as often. */
  readonly leaseMs?: number;
}

type Script = (...args: (string | number)[]) => Promise<unknown>;
type ScriptedRedis = Redis & { readonly admitCall: Script; readonly settleCall: Script; readonly renewSlots: Script };

const MINUTE_MS = 60_000;
const LEASE_MS = 30_000;

/**
 * Counts in Redis for all servers, by one atomic script for each admission. Fails closed: nothing is admitted without an
 * answer. When Redis was emptied, the slots that this server holds are told to it anew as soon as it is back.
 */
export class RedisCallLimiter implements CallLimiter {
  readonly #client: ScriptedRedis;
  readonly #windowMs: number;
  readonly #leaseMs: number;
  readonly #logger: Logger;
  /** Calls that hold a slot, by subject. */
  readonly #held = new Map<string, Set<string>>();
  readonly #renewals: NodeJS.Timeout;
  #isGathering = false;

  constructor({ url, logger, windowMs = MINUTE_MS, leaseMs = LEASE_MS }: RedisCallLimiterOptions) {
    this.#windowMs = windowMs;
    this.#leaseMs = leaseMs;
    this.#logger = logger;
    const client = openRedis(url, logger);
    client.defineCommand('admitCall', { numberOfKeys: 5, lua: ADMIT });
    client.defineCommand('settleCall', { numberOfKeys: 3, lua: SETTLE });
    client.defineCommand('renewSlots', { numberOfKeys: 1, lua: RENEW });
    this.#client = client as ScriptedRedis;
    client.on('ready', () => this.#renew());
    this.#renewals = setInterval(() => this.#renew(), leaseMs / 3).unref();
  }

  async admit(subject: string, { callId, limits, day }: AskedCall): Promise<CallDecision> {
    const keys = ['requests', 'tokens', 'slots', `day:${day.day}`, 'told'].map((name) => keyOf(subject, name));
    const dayLeftMs = Math.max(1, day.endsAt.getTime() - Date.now());
    const values = SHARED_LIMITS.map((limit) => limits[limit] ?? '');
    const { tokens, costNanoUsd } = day.known;
    let answer: unknown;
    this.#gather();
    try {
      const times = [this.#windowMs, this.#leaseMs, dayLeftMs];
      answer = await this.#client.admitCall(...keys, callId, ...times, tokens, costNanoUsd, ...values);
    } catch (cause) {
      throw unavailable(cause);
    }
    const [number, retryAfterMs, isFirst] = answer as [] | [number, number, number];
    if (number !== undefined) {
      return {
        admitted: false,
        limit: SHARED_LIMITS[number - 1]!,
        retryAfterMs: retryAfterMs!,
        isFirst: isFirst === 1,
      };
    }
    if (limits.concurrentCalls !== null) this.#hold(subject, callId);
    return { admitted: true };
  }

  async settle(subject: string, { callId, day, spent }: SettledCall): Promise<void> {
    this.#letGo(subject, callId);
    const keys = ['tokens', 'slots', `day:${day}`].map((name) => keyOf(subject, name));
    this.#gather();
    try {
      await this.#client.settleCall(...keys, callId, this.#windowMs, spent.tokens, spent.costNanoUsd);
    } catch (error) {
      this.#logger.debug({ err: error, subject }, 'what a call spent could not be told to Redis');
    }
  }

  close(): Promise<void> {
    clearInterval(this.#renewals);
    this.#client.disconnect();
    return Promise.resolve();
  }

  /** What is asked in one turn of the event loop leaves in one write, at its end: a write costs more than what is in it. */
  #gather(): void {
    const { stream } = this.#client;
    if (this.#isGathering || !(stream as typeof stream | undefined)) return;
    this.#isGathering = true;
    stream.cork();
    setImmediate(() => {
      this.#isGathering = false;
      stream.uncork();
    });
  }

  #hold(subject: string, callId: string): void {
    const calls = this.#held.get(subject) ?? new Set();
    this.#held.set(subject, calls.add(callId));
  }

  #letGo(subject: string, callId: string): void {
    const calls = this.#held.get(subject);
    calls?.delete(callId);
    if (calls?.size === 0) this.#held.delete(subject);
  }

  /** One connection keeps the order, so that no call is renewed after it was settled. */
  #renew(): void {
    for (const [subject, calls] of this.#held) {
      this.#client
        .renewSlots(keyOf(subject, 'slots'), this.#leaseMs, ...calls)
        .catch((error: unknown) => this.#logger.debug({ err: error, subject }, 'slots could not be renewed'));
    }
  }
}

/** Braces keep a subject's keys together on a cluster, where a script may touch one slot alone. */
const keyOf = (subject: string, name: string): string => `triaged:calls:{${subject}}:${name}`;
