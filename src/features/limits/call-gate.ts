import { TriagedError } from '../../kernel/errors.js';
import type { CallLimiter, CallLimits, SharedLimit, Spending } from '../../ports/call-limiter.js';
import { SHARED_LIMITS } from '../../ports/call-limiter.js';
import type { Admission, ModelCallGate } from '../gateway/index.js';
import { tokenCount, type BegunModelCall, type ModelCall, type ModelPrices } from '../usage/index.js';
import { LIMIT_WORDS, NOTHING_SPENT, RUN_LIMITS } from './ai-agent-limits.js';
import type { AiAgentLimits, LimitName } from './ai-agent-limits.js';
import type { KnownLimits } from './known-limits.js';
import type { LimitNotices } from './limit-notices.js';
import { refusalMessage, refusedRunMessage } from './refusal.js';
import type { RunSpending } from './run-spending.js';

export interface CallGateDependencies {
  readonly known: KnownLimits;
  readonly limiter: CallLimiter;
  readonly runs: RunSpending;
  readonly notices: Pick<LimitNotices, 'reached'>;
  readonly prices: Pick<ModelPrices, 'costOf' | 'budgetCostOf'>;
}

interface Reached {
  readonly name: LimitName;
  readonly value: number;
  /** Undefined when waiting does not help. */
  readonly retryAfterMs?: number;
  readonly isFirst: boolean;
}

/** Holds model calls to the limits of their AI agent: a run's budget from memory, all else over all servers. */
export class CallGate implements ModelCallGate {
  constructor(private readonly deps: CallGateDependencies) {}

  async admit(call: BegunModelCall): Promise<Admission> {
    // Its body may have taken its time to come.
    const { limits, day } = await this.deps.known.of(call, new Date());
    const reached = this.#spentBudget(call, limits) ?? (isShared(limits) && (await this.#shared(call, limits, day)));
    if (reached) return this.#refuse(call, reached);
    if (call.runId !== null) this.deps.runs.asked(call.runId, undefined);
    return { admitted: true, settle: (ended) => this.#settle(call, day.day, ended, limits) };
  }

  #spentBudget({ runId }: BegunModelCall, limits: AiAgentLimits): Reached | undefined {
    if (runId === null || RUN_LIMITS.every((each) => limits[each] === null)) return undefined;
    const spent = this.deps.runs.of(runId);
    if (!spent)
      throw new TriagedError('SERVICE_UNAVAILABLE', 'This server does not have the run: its budget is not known.');
    const used = { runTokens: spent.tokens, runCostNanoUsd: spent.costNanoUsd };
    const name = RUN_LIMITS.find((each) => limits[each] !== null && used[each] >= limits[each]);
    if (name === undefined) return undefined;
    const value = limits[name]!;
    return { name, value, isFirst: this.deps.runs.isFirst(runId, `${name} ${value}`) };
  }

  async #shared(
    call: BegunModelCall,
    limits: CallLimits,
    day: Parameters<CallLimiter['admit']>[1]['day'],
  ): Promise<Reached | undefined> {
    const decision = await this.deps.limiter.admit(subjectOf(call), { callId: call.callId, limits, day });
    if (decision.admitted) return undefined;
    const { limit, retryAfterMs, isFirst } = decision;
    return { name: limit, value: limits[limit]!, retryAfterMs, isFirst };
  }

  #refuse(call: BegunModelCall, { name, value, retryAfterMs, isFirst }: Reached): Admission {
    if (isFirst) this.deps.notices.reached(call, name, value);
    const retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000);
    const message = refusalMessage(call.aiAgent, name, value, retryAfterSeconds ?? 0);
    const { kind: limit } = LIMIT_WORDS[name];
    const { aiAgent, runId } = call;
    if (runId !== null) this.deps.runs.asked(runId, { limit, message: refusedRunMessage(aiAgent, name, value) });
    return { admitted: false, limit, message, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  }

  #settle(call: BegunModelCall, day: string, ended: ModelCall | undefined, limits: CallLimits): void {
    const { known, limiter, runs } = this.deps;
    const spent = ended ? this.#spendingOf(ended) : NOTHING_SPENT;
    if (call.runId !== null) runs.spend(call.runId, spent);
    known.spend(call, day, spent);
    // A limit that was set while it was under way counts what it spent, and so does a budget that is set next.
    const latest = known.lastOf(call);
    if (isShared(limits) || latest === undefined || isShared(latest)) {
      void limiter.settle(subjectOf(call), { callId: call.callId, day, spent });
    }
  }

  #spendingOf(call: ModelCall): Spending {
    const { unreportedTokens = 0 } = call;
    const { prices } = this.deps;
    const { nanoUsd, unpricedTokens } = prices.costOf(call.model, call);
    return {
      tokens: inBounds(tokenCount(call) + unreportedTokens),
      costNanoUsd: inBounds(prices.budgetCostOf({ nanoUsd, unpricedTokens: unpricedTokens + unreportedTokens })),
    };
  }
}

const subjectOf = ({ tenantId, instanceId, aiAgent }: BegunModelCall): string => `${tenantId}:${instanceId}:${aiAgent}`;

/** Whatever a provider claims. */
const inBounds = (figure: number): number => Math.min(figure, Number.MAX_SAFE_INTEGER);

const isShared = (limits: CallLimits): boolean => SHARED_LIMITS.some((limit: SharedLimit) => limits[limit] !== null);
