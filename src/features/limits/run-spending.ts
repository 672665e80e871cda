import type { RunId } from '../../kernel/ids.js';
import type { Spending } from '../../ports/call-limiter.js';
import { isBudget, type AiAgentLimit } from '../gateway/index.js';
import type { CallCost, ModelPrices } from '../usage/index.js';
import { sumOf } from './ai-agent-limits.js';

/** Why a run's last model call was not let through. */
export interface RunRefusal {
  readonly limit: AiAgentLimit;
  /** For people: what was reached, and what to do. */
  readonly message: string;
}

/** What stands on a run's row. */
export interface RunFigures extends CallCost {
  readonly tokens: number;
}

/** A run as its new owner finds it, and what that wants to know of it. */
export interface TakenRun {
  readonly figures: RunFigures;
  /** What an earlier owner knew to have refused its latest call. */
  readonly refusal: RunRefusal | undefined;
  /** Its agent goes on 30 s after a budget refused it, with no call let through since. */
  readonly onStuck: () => void;
  /** Another limit has refused its latest call than before; undefined: none has. */
  readonly onRefusal: (refusal: RunRefusal | undefined) => void;
}

interface RunRecord extends Pick<TakenRun, 'onStuck' | 'onRefusal'> {
  spent: Spending;
  /** Runs while its latest call stands refused because of a budget. */
  stuck: NodeJS.Timeout | undefined;
  hasLeft: boolean;
  refusal: RunRefusal | undefined;
  /** The values of its budgets that were said to be spent. */
  readonly told: Set<string>;
}

/**
 * What an agent has to end after a budget refused its call. Most do within seconds; some sleep until the day's budget begins
 * anew, or try again and again.
 */
const STUCK_MS = 30_000;

export const isOfBudget = ({ limit }: RunRefusal): boolean => isBudget(limit);

/**
 * What the runs of this server have spent. One server owns a run at a time, so nobody else has to be asked; its next owner
 * begins with the figures that stand on the run.
 */
export class RunSpending {
  readonly #runs = new Map<RunId, RunRecord>();

  constructor(private readonly prices: Pick<ModelPrices, 'budgetCostOf'>) {}

  /** A run is this server's from now on. */
  take(runId: RunId, { figures, refusal, onStuck, onRefusal }: TakenRun): void {
    this.forget(runId);
    const spent = { tokens: figures.tokens, costNanoUsd: this.prices.budgetCostOf(figures) };
    const run: RunRecord = { onStuck, onRefusal, spent, stuck: undefined, hasLeft: false, refusal, told: new Set() };
    this.#runs.set(runId, run);
    watchStuck(run);
  }

  /** Its agent has ended, so it cannot be stuck any more. */
  left(runId: RunId): void {
    const run = this.#runs.get(runId);
    if (!run) return;
    run.hasLeft = true;
    clearTimeout(run.stuck);
  }

  /** It has ended, or another server has it. */
  forget(runId: RunId): void {
    this.left(runId);
    this.#runs.delete(runId);
  }

  /** Undefined for a run that is not this server's. */
  of(runId: RunId): Spending | undefined {
    return this.#runs.get(runId)?.spent;
  }

  spend(runId: RunId, spent: Spending): void {
    const run = this.#runs.get(runId);
    if (run) run.spent = sumOf(run.spent, spent);
  }

  /** What became of its latest call; undefined: it was let through. */
  asked(runId: RunId, refusal: RunRefusal | undefined): void {
    const run = this.#runs.get(runId);
    if (!run) return;
    const before = run.refusal;
    run.refusal = refusal;
    if (before?.limit !== refusal?.limit || before?.message !== refusal?.message) run.onRefusal(refusal);
    watchStuck(run);
  }

  /** Undefined when its last call was let through: what an earlier refusal did is over then. */
  refusalOf(runId: RunId): RunRefusal | undefined {
    return this.#runs.get(runId)?.refusal;
  }

  /** True once for each value of each of its budgets. */
  isFirst(runId: RunId, budget: string): boolean {
    const told = this.#runs.get(runId)?.told;
    if (!told || told.has(budget)) return false;
    told.add(budget);
    return true;
  }
}

/** From the first refusal by a budget on: one that asks again and again gets no more time. */
function watchStuck(run: RunRecord): void {
  if (!run.refusal || !isOfBudget(run.refusal)) {
    clearTimeout(run.stuck);
    run.stuck = undefined;
  } else if (!run.hasLeft) {
    run.stuck ??= setTimeout(run.onStuck, STUCK_MS);
  }
}
