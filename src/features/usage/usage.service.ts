import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { ChangeWatch } from '../../kernel/change-watch.js';
import { badUserInput } from '../../kernel/errors.js';
import type { InstanceId } from '../../kernel/ids.js';
import type { SqlSource } from '../../kernel/ownership.js';
import { DAY_MS, utcDay } from '../../kernel/utc-day.js';
import { topics, type EventBus } from '../../ports/event-bus.js';
import { FIGURE_NAMES, type ShownFigures } from './usage-sums.js';
import { columnOf } from './usage.store.js';

export interface UsageServiceDependencies {
  readonly source: SqlSource;
  readonly bus: EventBus;
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
  readonly figures: ShownFigures;
}

/** Days, both included and read as UTC. */
export interface DayRange {
  readonly from: Date;
  readonly to: Date;
}

const MAX_DAYS = 366;
/** Of five AI agents in a leap year there are 1,830. */
const MAX_ROWS = 2_000;
export const EACH_DAY_AND_AI_AGENT: readonly UsageDimension[] = ['DAY', 'AI_AGENT'];

/** At most one event a second; and a look now and then, because ticks may be lost. */
const EVENT_MS = 1_000;
const LOOK_MS = 5_000;

const DIMENSIONS = {
  DAY: ['day', 'day::text'],
  AI_AGENT: ['ai_agent', 'ai_agent'],
  MODEL: ['model', 'model'],
} as const;
const SUMS = FIGURE_NAMES.map((figure) => {
  const type = figure === 'costNanoUsd' ? 'text' : 'float8';
  return `sum(${columnOf(figure)})::${type} AS "${figure}"`;
});

/** Shows what an instance's AI agents have used. */
export class UsageService {
  constructor(private readonly deps: UsageServiceDependencies) {}

  /** What was used in these days, oldest first; nothing of days, AI agents and models that were not used. */
  async sums(
    actor: Actor,
    instanceId: InstanceId,
    range: DayRange,
    groupBy: readonly UsageDimension[],
  ): Promise<UsageRow[]> {
    const days = Math.floor((range.to.getTime() - range.from.getTime()) / DAY_MS) + 1;
    if (!Number.isFinite(days) || days < 1) throw badUserInput('to', '`to` must not lie before `from`.');
    if (days > MAX_DAYS) {
      throw badUserInput('to', `Usage is given for at most ${MAX_DAYS} days at once; this range has ${days}.`);
    }
    await this.deps.instances.requireKnown(actor, instanceId);
    const rows = await this.#rows(actor, instanceId, range, groupBy);
    if (rows.length <= MAX_ROWS) return rows;
    throw badUserInput('groupBy', `These are more than ${MAX_ROWS} sums: ask for fewer days, or group by less.`);
  }

  /** Today's sums for each AI agent as they stand, then when they have changed. */
  async changes(actor: Actor, instanceId: InstanceId): Promise<ChangeWatch<UsageRow[]>> {
    await this.deps.instances.requireKnown(actor, instanceId);
    return new ChangeWatch({
      subscribe: (listener) => this.deps.bus.subscribe(topics.usage(instanceId), listener),
      read: () => this.#rows(actor, instanceId, { from: new Date(), to: new Date() }, EACH_DAY_AND_AI_AGENT),
      versionOf: (rows) => JSON.stringify(rows),
      lookMs: LOOK_MS,
      intervalMs: EVENT_MS,
    });
  }

  async #rows(
    { tenantId }: Actor,
    instanceId: InstanceId,
    { from, to }: DayRange,
    groupBy: readonly UsageDimension[],
  ): Promise<UsageRow[]> {
    const shown = (dimension: UsageDimension): string =>
      groupBy.includes(dimension) ? DIMENSIONS[dimension][1] : 'NULL';
    const columns = (['DAY', 'AI_AGENT', 'MODEL'] as const)
      .filter((dimension) => groupBy.includes(dimension))
      .map((dimension) => DIMENSIONS[dimension][0]);
    const grouped = columns.length > 0 ? columns.join(', ') : '()';
    const rows = await this.deps.source.query(
      `SELECT ${shown('DAY')} AS "shownDay", ${shown('AI_AGENT')} AS "shownAiAgent", ${shown('MODEL')} AS "shownModel",
        ${SUMS.join(', ')}
       FROM usage_daily WHERE tenant_id = $1 AND instance_id = $2 AND day BETWEEN $3 AND $4
       GROUP BY ${grouped} HAVING count(*) > 0 ${columns.length > 0 ? `ORDER BY ${grouped}` : ''} LIMIT ${MAX_ROWS + 1}`,
      [tenantId, instanceId, utcDay(from), utcDay(to)],
    );
    return (rows as ShownRow[]).map(({ shownDay, shownAiAgent, shownModel, ...figures }) => ({
      ...{ day: shownDay, aiAgent: shownAiAgent, model: shownModel === '' ? null : shownModel, figures },
    }));
  }
}

interface ShownRow extends ShownFigures {
  readonly shownDay: string | null;
  readonly shownAiAgent: AiAgent | null;
  readonly shownModel: string | null;
}
