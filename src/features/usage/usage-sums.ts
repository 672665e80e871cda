import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, RunId, TenantId } from '../../kernel/ids.js';
import { utcDay } from '../../kernel/utc-day.js';
import type { JournalRecord } from './journal-record.js';
import { MODEL_CALL_ERRORS, type ModelCall, type ModelCallError, type ModelCallOwner } from './model-call.js';
import { NO_MODEL, shownModel } from './model-name.js';
import type { CallCost, ModelPrices } from './model-prices.js';

type ErrorFigure = `errors${ModelCallError}`;

export const ERROR_FIGURES = Object.keys(MODEL_CALL_ERRORS).map((error) => `errors${error as ModelCallError}` as const);

const FIGURES = [
  ...(['requestCount', 'errorCount', 'partialCount', 'limitedCount', 'unknownCount'] as const),
  ...(['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'reasoningTokens'] as const),
  // Of those tokens, the ones whose model has no price; and what the others cost.
  ...(['unpricedTokens', 'costNanoUsd'] as const),
  // In none of those: what budgets count besides.
  'unreportedTokens',
] as const;

/** What is counted of model calls. An `errorCount` is the sum of its classes, but for what was counted before there were any. */
export type UsageFigures = Record<(typeof FIGURES)[number] | ErrorFigure, number>;

/** As they are read: the cost exactly, in decimal digits. */
export type ShownFigures = Readonly<Omit<UsageFigures, 'costNanoUsd'> & { costNanoUsd: string }>;

export const FIGURE_NAMES: readonly (keyof UsageFigures)[] = [...FIGURES, ...ERROR_FIGURES];

const NO_FIGURES = Object.fromEntries(FIGURE_NAMES.map((name) => [name, 0])) as UsageFigures;
export const noFigures = (): UsageFigures => ({ ...NO_FIGURES });

export function addFigures(sum: UsageFigures, more: UsageFigures): void {
  for (const name of FIGURE_NAMES) sum[name] += more[name];
}

export interface DailyKey {
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
}

export interface DailyFigures extends DailyKey {
  /** As it is shown; empty for calls that no model answered. */
  readonly model: string;
  readonly figures: UsageFigures;
}

export interface RunFigures {
  readonly tenantId: TenantId;
  readonly runId: RunId;
  readonly figures: UsageFigures;
}

/** Sums of what a part of a journal says. */
export class UsageSums {
  readonly #daily = new Map<string, DailyFigures>();
  readonly #runs = new Map<string, RunFigures>();

  constructor(private readonly prices: ModelPrices) {}

  get isEmpty(): boolean {
    return this.#daily.size === 0;
  }

  add(record: JournalRecord): void {
    if ('began' in record) return;
    if ('limited' in record) {
      this.#count(record.limited, record.limited.at, NO_MODEL, (sum) => (sum.limitedCount += record.count));
      return;
    }
    if ('refused' in record) {
      const { refused, count } = record;
      const figures = { ...noFigures(), requestCount: count, errorCount: count, errorsREFUSED: count };
      this.#count(refused, refused.at, NO_MODEL, (sum) => addFigures(sum, figures));
      return;
    }
    const call = record.ended;
    const cost = this.prices.costOf(call.model, call);
    this.#count(call, call.startedAt, shownModel(call.model), (sum) => addCall(sum, call, cost));
  }

  /** A call whose end nobody knows is no request. */
  addUnknown(call: ModelCallOwner & { readonly startedAt: Date }): void {
    this.#count(call, call.startedAt, NO_MODEL, (sum) => (sum.unknownCount += 1));
  }

  daily(): DailyFigures[] {
    return [...this.#daily.values()];
  }

  runs(): RunFigures[] {
    return [...this.#runs.values()];
  }

  #count(owner: ModelCallOwner, at: Date, model: string, add: (sum: UsageFigures) => void): void {
    const { tenantId, instanceId, aiAgent, runId } = owner;
    const day = utcDay(at);
    // Nothing but a tenant's id may hold a space.
    const dailyKey = `${instanceId} ${aiAgent} ${day} ${model} ${tenantId}`;
    const daily = this.#daily.get(dailyKey) ?? { tenantId, instanceId, aiAgent, day, model, figures: noFigures() };
    add(daily.figures);
    this.#daily.set(dailyKey, daily);

    if (runId === null) return;
    const runKey = `${runId} ${tenantId}`;
    const run = this.#runs.get(runKey) ?? { tenantId, runId, figures: noFigures() };
    add(run.figures);
    this.#runs.set(runKey, run);
  }
}

function addCall(sum: UsageFigures, call: ModelCall, { nanoUsd, unpricedTokens }: CallCost): void {
  sum.requestCount += 1;
  sum.inputTokens += call.inputTokens;
  sum.outputTokens += call.outputTokens;
  sum.cacheReadTokens += call.cacheReadTokens;
  sum.cacheWriteTokens += call.cacheWriteTokens;
  sum.reasoningTokens += call.reasoningTokens;
  sum.unpricedTokens += unpricedTokens;
  sum.costNanoUsd += nanoUsd;
  sum.unreportedTokens += call.unreportedTokens ?? 0;
  if (call.outcome === 'PARTIAL') sum.partialCount += 1;
  if (!call.error) return;
  sum.errorCount += 1;
  sum[`errors${call.error}`] += 1;
}
