import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Closable } from '../../kernel/closing.js';
import { TriagedError } from '../../kernel/errors.js';
import type { BudgetDay, Spending } from '../../ports/call-limiter.js';
import { topics, type EventBus } from '../../ports/event-bus.js';
import { greaterOf, NOTHING_SPENT, sumOf } from './ai-agent-limits.js';
import type { AiAgentLimits, LimitsOwner } from './ai-agent-limits.js';

export interface KnownLimitsDependencies {
  readonly store: { read(owner: LimitsOwner): Promise<AiAgentLimits> };
  /** What the database knows to be spent on a day, `YYYY-MM-DD`. */
  readonly spentOn: (owner: LimitsOwner, day: string) => Promise<Spending>;
  readonly bus: EventBus;
  readonly logger: Logger;
}

/** What is known of one AI agent. */
interface Knowledge {
  limits: AiAgentLimits | undefined;
  /** The day whose spending is known, when there is a budget for it. */
  day: string | undefined;
  spent: Spending;
  /** `performance.now()` of the last reading, or of the last try while the database is away. */
  lookedAt: number;
  /** The state of the world in which it was looked at. */
  generation: number;
  reading: { readonly generation: number; readonly day: string; readonly done: Promise<void> } | undefined;
  /** The last try failed, and it was said. */
  failing: boolean;
}

/** Ticks may be lost: then a changed limit holds from a call so much later. */
const FRESH_MS = 2_000;
/** A database that does not answer keeps no call waiting for longer. */
const PATIENCE_MS = 500;
const RETRY_AFTER_SECONDS = 2;

const keyOf = ({ tenantId, instanceId, aiAgent }: LimitsOwner): string => `${tenantId} ${instanceId} ${aiAgent}`;

/**
 * The limits of AI agents, in memory: read at the first call, again after a change and when older than two seconds. While the
 * database is away the last known ones go on; without any, nothing passes.
 */
export class KnownLimits implements Closable {
  readonly #known = new Map<string, Knowledge>();
  #generation = 0;
  #subscription: Promise<() => void> | undefined;

  constructor(private readonly deps: KnownLimitsDependencies) {}

  /** Listens for changes that other servers made. */
  start(): void {
    this.#subscription = this.deps.bus.subscribe(topics.limits, () => this.expire());
  }

  /** Has every next call read anew. */
  expire(): void {
    this.#generation += 1;
  }

  /** Rejects with SERVICE_UNAVAILABLE when the limits, or what was spent of a day's budget, could never be read. */
  async of(owner: LimitsOwner, now: Date): Promise<{ readonly limits: AiAgentLimits; readonly day: BudgetDay }> {
    const day = now.toISOString().slice(0, 10);
    const known = this.#knowledgeOf(owner);
    if (!this.#isFresh(known, day)) {
      await Promise.race([this.#reading(owner, known, day), delay(PATIENCE_MS, undefined, { ref: false })]);
    }
    const { limits } = known;
    if (!limits || (hasDayBudget(limits) && !knows(known, day))) throw neverRead();
    // Who asked just before midnight and is answered after it is held to the day that has begun.
    const current = knows(known, day) ? known.day : day;
    const endsAt = new Date(Date.parse(current) + 24 * 60 * 60 * 1000);
    return { limits, day: { day: current, endsAt, known: known.day === current ? known.spent : NOTHING_SPENT } };
  }

  /** As known last, without asking anybody. */
  lastOf(owner: LimitsOwner): AiAgentLimits | undefined {
    return this.#known.get(keyOf(owner))?.limits;
  }

  /** Adds what a call of that day spent, which the database learns later. */
  spend(owner: LimitsOwner, day: string, spent: Spending): void {
    const known = this.#known.get(keyOf(owner));
    if (known?.day === day) known.spent = sumOf(known.spent, spent);
  }

  async close(): Promise<void> {
    (await this.#subscription)?.();
  }

  #knowledgeOf(owner: LimitsOwner): Knowledge {
    const key = keyOf(owner);
    const before = this.#known.get(key);
    if (before) return before;
    const never = { lookedAt: Number.NEGATIVE_INFINITY, generation: -1, reading: undefined, failing: false };
    const known: Knowledge = { limits: undefined, day: undefined, spent: NOTHING_SPENT, ...never };
    this.#known.set(key, known);
    return known;
  }

  #isFresh(known: Knowledge, day: string): boolean {
    if (known.generation !== this.#generation || performance.now() - known.lookedAt >= FRESH_MS) return false;
    return known.limits !== undefined && (!hasDayBudget(known.limits) || knows(known, day));
  }

  /** One that was begun before a change, or for another day, is not waited for. */
  #reading(owner: LimitsOwner, known: Knowledge, day: string): Promise<void> {
    const generation = this.#generation;
    const under = known.reading;
    if (under?.generation === generation && under.day === day) return under.done;
    const done = this.#read(owner, known, day, generation).finally(() => {
      if (known.reading?.done === done) known.reading = undefined;
    });
    known.reading = { generation, day, done };
    return done;
  }

  async #read(owner: LimitsOwner, known: Knowledge, day: string, generation: number): Promise<void> {
    try {
      const limits = await this.deps.store.read(owner);
      const spent = hasDayBudget(limits) ? await this.deps.spentOn(owner, day) : undefined;
      if (generation < known.generation) return;
      // What this server has seen spent since may not stand in the database yet.
      if (!spent) known.day = undefined;
      else if (known.day === day) known.spent = greaterOf(known.spent, spent);
      else if (!knows(known, day)) [known.day, known.spent] = [day, spent];
      known.limits = limits;
      if (known.failing) this.deps.logger.info(owner, 'the limits of an AI agent are read again');
      known.failing = false;
    } catch (error) {
      if (!known.failing)
        this.deps.logger.warn({ err: error, ...owner }, 'the limits of an AI agent could not be read');
      known.failing = true;
    }
    known.lookedAt = performance.now();
    known.generation = Math.max(known.generation, generation);
  }
}

/** The spending of that day, or of a later one. */
const knows = (known: Knowledge, day: string): known is Knowledge & { readonly day: string } =>
  known.day !== undefined && known.day >= day;

const hasDayBudget = ({ dayTokens, dayCostNanoUsd }: AiAgentLimits): boolean =>
  dayTokens !== null || dayCostNanoUsd !== null;

const neverRead = (): TriagedError =>
  new TriagedError(
    'SERVICE_UNAVAILABLE',
    'The limits of this AI agent cannot be read, so nothing is let through. Try again shortly.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
