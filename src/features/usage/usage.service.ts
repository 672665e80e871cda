import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { badUserInput } from '../../kernel/errors.js';
import type { InstanceId } from '../../kernel/ids.js';
import type { SqlSource } from '../../kernel/ownership.js';
import { FIGURE_NAMES, type UsageFigures } from './usage-sums.js';
import { columnOf } from './usage.store.js';

export interface UsageServiceDependencies {
  readonly source: SqlSource;
  /** Rejects with NOT_FOUND or FORBIDDEN unless the instance is the actor's tenant's. */
  readonly instances: { requireKnown(actor: Actor, id: InstanceId): Promise<unknown> };
}

/** What usage may be told apart by. */
export type UsageDimension = 'DAY' | 'AI_AGENT' | 'MODEL';

/** One sum; null for what it was not told apart by, and for no model. */
export interface UsageRow {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string | null;
  readonly aiAgent: AiAgent | null;
  readonly model: string | null;
  readonly figures: UsageFigures;
  /** Whole billionths of a US dollar, exact. */
  readonly costNanoUsd: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_DAYS = 366;

const COLUMN_OF: Readonly<Record<UsageDimension, string>> = { DAY: 'day', AI_AGENT: 'ai_agent', MODEL: 'model' };
const SUMS = FIGURE_NAMES.map((figure) => `sum(${columnOf(figure)})::float8 AS "${figure}"`).join(', ');

export class UsageService {
  constructor(private readonly deps: UsageServiceDependencies) {}

  /** Sums over the days from `from` to `to`, both included and read as UTC, of what was used; oldest first. */
  async sums(
    actor: Actor,
    instanceId: InstanceId,
    { from, to }: { readonly from: Date; readonly to: Date },
    groupBy: readonly UsageDimension[],
  ): Promise<UsageRow[]> {
    const days = Math.floor((to.getTime() - from.getTime()) / DAY_MS) + 1;
    if (!Number.isFinite(days) || days < 1) throw badUserInput('to', '`to` must not lie before `from`.');
    if (days > MAX_DAYS) {
      throw badUserInput('to', `Usage is given for at most ${MAX_DAYS} days at once; this range has ${days}.`);
    }
    await this.deps.instances.requireKnown(actor, instanceId);
    return this.#rows(actor, instanceId, [dayOf(from), dayOf(to)], groupBy);
  }

  async #rows(
    { tenantId }: Actor,
    instanceId: InstanceId,
    [first, last]: readonly [string, string],
    groupBy: readonly UsageDimension[],
  ): Promise<UsageRow[]> {
    const selected = (dimension: UsageDimension, expression: string): string =>
      groupBy.includes(dimension) ? expression : 'NULL';
    const grouped = Object.values(COLUMN_OF).filter((column) => groupBy.some((each) => COLUMN_OF[each] === column));
    const rows = (await this.deps.source.query(
      `SELECT ${selected('DAY', 'day::text')} AS day, ${selected('AI_AGENT', 'ai_agent')} AS "aiAgent",
        ${selected('MODEL', "nullif(model, '')")} AS model, ${SUMS}, sum(cost_nano_usd)::text AS cost
       FROM usage_daily WHERE tenant_id = $1 AND instance_id = $2 AND day BETWEEN $3 AND $4
       GROUP BY ${grouped.length > 0 ? grouped.join(', ') : '()'} HAVING count(*) > 0
       ${grouped.length > 0 ? `ORDER BY ${grouped.join(', ')}` : ''}`,
      [tenantId, instanceId, first, last],
    )) as (UsageFigures & { day: string | null; aiAgent: AiAgent | null; model: string | null; cost: string })[];
    return rows.map(({ day, aiAgent, model, cost, ...figures }) => ({
      ...{ day, aiAgent, model, figures, costNanoUsd: cost },
    }));
  }
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
