import { randomUUID } from 'node:crypto';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { InstanceId, RunId, TenantId } from '../../kernel/ids.js';
import type { ModelCall } from './model-call.js';

export interface UsageFigures {
  requestCount: number;
  errorCount: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
}

export interface DailyFigures extends UsageFigures {
  readonly tenantId: TenantId;
  readonly instanceId: InstanceId;
  readonly aiAgent: AiAgent;
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
}

export interface RunFigures extends UsageFigures {
  readonly tenantId: TenantId;
  readonly runId: RunId;
}

const nothing = (): UsageFigures => ({
  ...{ requestCount: 0, errorCount: 0 },
  ...{ inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
});

function add(sum: UsageFigures, call: ModelCall): void {
  sum.requestCount += 1;
  sum.errorCount += call.error ? 1 : 0;
  sum.inputTokens += call.inputTokens;
  sum.outputTokens += call.outputTokens + call.reasoningTokens;
  sum.cacheReadTokens += call.cacheReadTokens;
  sum.cacheWriteTokens += call.cacheWriteTokens;
}

/** Sums of calls, in memory that does not grow with their number. Its id makes writing it twice the same as once. */
export class UsageBatch {
  readonly id = randomUUID();
  readonly #daily = new Map<string, DailyFigures>();
  readonly #runs = new Map<string, RunFigures>();

  get isEmpty(): boolean {
    return this.#daily.size === 0;
  }

  add(call: ModelCall): void {
    const { tenantId, instanceId, aiAgent, runId } = call;
    const day = call.startedAt.toISOString().slice(0, 10);
    const dailyKey = JSON.stringify([tenantId, instanceId, aiAgent, day]);
    const daily = this.#daily.get(dailyKey) ?? { tenantId, instanceId, aiAgent, day, ...nothing() };
    add(daily, call);
    this.#daily.set(dailyKey, daily);

    if (runId === null) return;
    const runKey = JSON.stringify([tenantId, runId]);
    const run = this.#runs.get(runKey) ?? { tenantId, runId, ...nothing() };
    add(run, call);
    this.#runs.set(runKey, run);
  }

  /** In the order of their keys: servers that write the same rows lock them in the same order. */
  daily(): DailyFigures[] {
    return inKeyOrder(this.#daily);
  }

  runs(): RunFigures[] {
    return inKeyOrder(this.#runs);
  }
}

const inKeyOrder = <T>(rows: ReadonlyMap<string, T>): T[] =>
  [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
