import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Closable } from '../../kernel/closing.js';
import { TriagedError } from '../../kernel/errors.js';
import { SweptMap } from '../../kernel/swept-map.js';
import { DAY_MS, utcDay } from '../../kernel/utc-day.js';
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
  /** How many changes were heard of when that reading began. */
  generation: number;
  /** How many changes were heard of by now. */
  changes: number;
  /** When a call asked for it last. */
  askedAt: number;
  /** Resolves with how to hear of changes no more. */
  readonly listening: Promise<() => void>;
  reading: { readonly generation: number; readonly day: string; readonly done: Promise<void> } | undefined;
  /** The last try failed, and it was said. */
  failing: boolean;
}

/** Ticks may be lost: then a changed limit holds from a call so much later. */
const FRESH_MS = 2_000;
/** A database that does not answer keeps no call waiting for longer. */
const PATIENCE_MS = 500;
/** What no call has asked for in so long is read anew by the next one. */
const KEPT_MS = 60 * 60 * 1000;
const RETRY_AFTER_SECONDS = 2;

const keyOf = ({ tenantId, instanceId, aiAgent }: LimitsOwner): string => `${tenantId} ${instanceId} ${aiAgent}`;

/**
 * The limits of AI agents, in memory: read at the first call, again after a change and when older than two seconds. While the
 * database is away the last known ones go on; without any, nothing passes.
 */
export class KnownLimits implements Closable {
  readonly #known = new SweptMap<string, Knowledge>((known) => this.#isNeeded(known), stopListening);
  /** What is known is all that there is, however old. */
  #isDatabaseAway = false;

  constructor(private readonly deps: KnownLimitsDependencies) {}

  /** Has the next call of that AI agent read anew. */
  expire(owner: LimitsOwner): void {
    const known = this.#known.get(keyOf(owner));
    if (known) known.changes += 1;
  }

  /** Rejects with SERVICE_UNAVAILABLE when the limits, or what was spent of a day's budget, could never be read. */
  async of(owner: LimitsOwner, now: Date): Promise<{ readonly limits: AiAgentLimits; readonly day: BudgetDay }> {
    const day = utcDay(now);
    const known = this.#knowledgeOf(owner);
    if (!this.#isFresh(known, day)) {
      await Promise.race([this.#reading(owner, known, day), delay(PATIENCE_MS, undefined, { ref: false })]);
    }
    const { limits } = known;
    if (!limits || (hasDayBudget(limits) && !knows(known, day))) throw neverRead();
    // Who asked just before midnight and is answered after it is held to the day that has begun.
    const current = knows(known, day) ? known.day : day;
    const endsAt = new Date(Date.parse(current) + DAY_MS);
    return { limits, day: { day: current, endsAt, known: known.day === current ? known.spent : NOTHING_SPENT } };
  }

  /** As known last, without asking anybody; undefined when nothing is known any more. */
  lastOf(owner: LimitsOwner): AiAgentLimits | undefined {
    return this.#known.get(keyOf(owner))?.limits;
  }

  /** Adds what a call of that day spent, which the database learns later. */
  spend(owner: LimitsOwner, day: string, spent: Spending): void {
    const known = this.#known.get(keyOf(owner));
    if (known?.day === day) known.spent = sumOf(known.spent, spent);
  }

  /** Of how many AI agents something is known. */
  get size(): number {
    return this.#known.size;
  }

  close(): Promise<void> {
    this.#known.clear();
    return Promise.resolve();
  }

  #knowledgeOf(owner: LimitsOwner): Knowledge {
    const known = this.#known.getOrAdd(keyOf(owner), () => this.#nothingKnown(owner));
    known.askedAt = performance.now();
    return known;
  }

  #nothingKnown({ instanceId }: LimitsOwner): Knowledge {
    const known: Knowledge = {
      ...{ limits: undefined, day: undefined, spent: NOTHING_SPENT, reading: undefined, failing: false },
      ...{ lookedAt: Number.NEGATIVE_INFINITY, generation: -1, changes: 0, askedAt: 0 },
      // Not waited for: a change that goes by meanwhile holds as one whose tick is lost.
      listening: this.deps.bus.subscribe(topics.limits(instanceId), () => (known.changes += 1)),
    };
    return known;
  }

  #isNeeded({ askedAt, reading }: Knowledge): boolean {
    return this.#isDatabaseAway || reading !== undefined || performance.now() - askedAt < KEPT_MS;
  }

  #isFresh(known: Knowledge, day: string): boolean {
    if (known.generation !== known.changes || performance.now() - known.lookedAt >= FRESH_MS) return false;
    return known.limits !== undefined && (!hasDayBudget(known.limits) || knows(known, day));
  }

  /** One that was begun before a change, or for another day, is not waited for. */
  #reading(owner: LimitsOwner, known: Knowledge, day: string): Promise<void> {
    const generation = known.changes;
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
      this.#isDatabaseAway = false;
      if (generation < known.generation) return;
      // What this server has seen spent since may not stand in the database yet.
      if (!spent) known.day = undefined;
      else if (known.day === day) known.spent = greaterOf(known.spent, spent);
      else if (!knows(known, day)) [known.day, known.spent] = [day, spent];
      known.limits = limits;
      if (known.failing) this.deps.logger.info(owner, 'the limits of an AI agent are read again');
      known.failing = false;
    } catch (error) {
      this.#isDatabaseAway = true;
      if (!known.failing)
        this.deps.logger.warn({ err: error, ...owner }, 'the limits of an AI agent could not be read');
      known.failing = true;
    }
    known.lookedAt = performance.now();
    known.generation = Math.max(known.generation, generation);
  }
}

const stopListening = ({ listening }: Knowledge): void => void listening.then((stop) => stop());

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
