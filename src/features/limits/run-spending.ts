import type { RunId } from '../../kernel/ids.js';
import type { Spending } from '../../ports/call-limiter.js';
import type { AiAgentLimit } from '../gateway/index.js';
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

interface RunRecord {
  spent: Spending;
  refusal: RunRefusal | undefined;
  /** The values of its budgets that were said to be spent. */
  readonly told: Set<string>;
}

/**
 * What the runs of this server have spent. One server owns a run at a time, so nobody else has to be asked; its next owner
 * begins with the figures that stand on the run.
 */
export class RunSpending {
  readonly #runs = new Map<RunId, RunRecord>();

  constructor(private readonly prices: Pick<ModelPrices, 'budgetCostOf'>) {}

  /** A run is this server's from now on. */
  take(runId: RunId, figures: RunFigures): void {
    const spent = { tokens: figures.tokens, costNanoUsd: this.prices.budgetCostOf(figures) };
    this.#runs.set(runId, { spent, refusal: undefined, told: new Set() });
  }

  /** It has ended, or another server has it. */
  forget(runId: RunId): void {
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
    if (run) run.refusal = refusal;
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
