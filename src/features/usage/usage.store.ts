import type { DataSource, EntityManager } from 'typeorm';
import { retryingDeadlocks } from '../../kernel/database-errors.js';
import { LOCKED_IN_ORDER } from '../../kernel/run-locks.js';
import type { BegunModelCall } from './model-call.js';
import { MAX_MODELS, NO_MODEL, OTHER_MODELS } from './model-name.js';
import type { ModelPrices } from './model-prices.js';
import {
  addFigures,
  FIGURE_NAMES,
  noFigures,
  UsageSums,
  type DailyFigures,
  type DailyKey,
  type RunFigures,
  type UsageFigures,
} from './usage-sums.js';

/** `errorsINVALID_REQUEST` stands in `errors_invalid_request`. */
export const columnOf = (figure: keyof UsageFigures): string =>
  figure.startsWith('errors')
    ? `errors_${figure.slice('errors'.length).toLowerCase()}`
    : figure.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const COLUMNS = FIGURE_NAMES.map(columnOf);
/** The cost has no bound that a hostile provider could not reach. */
const typeOf = (figure: keyof UsageFigures): string => (figure === 'costNanoUsd' ? 'numeric' : 'bigint');
const arrays = (from: number): string =>
  FIGURE_NAMES.map((figure, index) => `$${from + index}::${typeOf(figure)}[]`).join(', ');
const sum = (known: string, more: string): string =>
  COLUMNS.map((column) => `${column} = ${known}.${column} + ${more}.${column}`).join(', ');
const figuresOf = (rows: readonly { readonly figures: UsageFigures }[]): number[][] =>
  FIGURE_NAMES.map((figure) => rows.map(({ figures }) => figures[figure]));

const ADD_DAILY = `
  INSERT INTO usage_daily AS known (tenant_id, instance_id, ai_agent, day, model, ${COLUMNS.join(', ')})
  SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::date[], $5::text[], ${arrays(6)})
  ON CONFLICT (tenant_id, instance_id, ai_agent, day, model) DO UPDATE SET ${sum('known', 'excluded')}`;

const LOCK_RUNS = `
  SELECT FROM triage_runs WHERE (tenant_id, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[])) ${LOCKED_IN_ORDER}`;

const ADD_TO_RUNS = `
  UPDATE triage_runs AS run SET ${sum('run', 'new')}
  FROM unnest($1::text[], $2::uuid[], ${arrays(3)}) AS new (tenant_id, id, ${COLUMNS.join(', ')})
  WHERE run.tenant_id = new.tenant_id AND run.id = new.id`;

const MOVE = `
  INSERT INTO usage_journals AS known (segment_id, journal_id, applied_to) VALUES ($1, $2, $4)
  ON CONFLICT (segment_id) DO UPDATE SET applied_to = excluded.applied_to WHERE known.applied_to = $3
  RETURNING segment_id`;

const ADD_UNKNOWN = `
  INSERT INTO unknown_model_calls (tenant_id, id, instance_id, ai_agent, run_id, created_at)
  SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::timestamptz[])
  ON CONFLICT DO NOTHING RETURNING id`;

const KNOWN_MODELS = `
  SELECT DISTINCT tenant_id AS "tenantId", instance_id AS "instanceId", ai_agent AS "aiAgent", day::text, model
  FROM usage_daily JOIN unnest($1::text[], $2::uuid[], $3::text[], $4::date[]) AS asked (tenant_id, instance_id, ai_agent, day)
    USING (tenant_id, instance_id, ai_agent, day)`;

/** Any number, the same in every version: who brings a model that was not there counts those that are, alone. */
const NEW_MODELS_LOCK = 7_412_331;

/** A part of a journal's segment, in bytes. */
export interface SegmentPart {
  readonly journalId: string;
  readonly segmentId: string;
  readonly from: number;
  readonly to: number;
}

/** The SQL side of metering. */
export class UsageStore {
  constructor(
    private readonly deps: {
      readonly dataSource: DataSource;
      readonly prices: ModelPrices;
    },
  ) {}

  /**
   * Adds what a part of a segment says, in one transaction with how far the segment has been applied. When that does not
   * stand at `from`, an earlier attempt has committed without its answer having come, and nothing is added. Resolves with
   * how far the segment has been applied.
   */
  async apply({ journalId, segmentId, from, to }: SegmentPart, sums: UsageSums): Promise<number> {
    return this.#transaction(async (manager) => {
      const moved: unknown[] = await manager.query(MOVE, [segmentId, journalId, from, to]);
      if (moved.length === 0) return appliedTo(manager, segmentId);
      await addSums(manager, sums);
      return to;
    });
  }

  /** 0 for a segment of which nothing was applied. */
  appliedTo(segmentId: string): Promise<number> {
    return appliedTo(this.deps.dataSource.manager, segmentId);
  }

  /** Lists calls whose end nobody knows, and counts those that were not listed before. */
  async addUnknown(calls: readonly BegunModelCall[]): Promise<void> {
    await this.#transaction(async (manager) => {
      const added: { id: string }[] = await manager.query(ADD_UNKNOWN, [
        ...[calls.map((call) => call.tenantId), calls.map((call) => call.callId)],
        ...[calls.map((call) => call.instanceId), calls.map((call) => call.aiAgent)],
        ...[calls.map((call) => call.runId), calls.map((call) => call.startedAt)],
      ]);
      const ids = new Set(added.map(({ id }) => id));
      const sums = new UsageSums(this.deps.prices);
      for (const call of calls) if (ids.has(call.callId)) sums.addUnknown(call);
      await addSums(manager, sums);
    });
  }

  /** For segments whose files are gone; never before that. */
  async forget(segmentId: string): Promise<void> {
    await this.deps.dataSource.query(`DELETE FROM usage_journals WHERE segment_id = $1`, [segmentId]);
  }

  /** For a journal of which no file is left, also when a process removed one without having come to say so. */
  async forgetJournal(journalId: string): Promise<void> {
    await this.deps.dataSource.query(`DELETE FROM usage_journals WHERE journal_id = $1`, [journalId]);
  }

  #transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return retryingDeadlocks(() => this.deps.dataSource.transaction(work));
  }
}

async function appliedTo(manager: EntityManager, segmentId: string): Promise<number> {
  const [row]: { appliedTo: number }[] = await manager.query(
    `SELECT applied_to::float8 AS "appliedTo" FROM usage_journals WHERE segment_id = $1`,
    [segmentId],
  );
  return row?.appliedTo ?? 0;
}

/** Servers that write the same rows lock them in one order: a day's by their keys, then runs. */
async function addSums(manager: EntityManager, sums: UsageSums): Promise<void> {
  if (sums.isEmpty) return;
  const daily = (await withBoundedModels(manager, sums.daily())).sort(byKey);
  await manager.query(ADD_DAILY, [...keyArrays(daily), daily.map(({ model }) => model), ...figuresOf(daily)]);
  const runs = sums.runs();
  if (runs.length === 0) return;
  await manager.query(LOCK_RUNS, runKeys(runs));
  await manager.query(ADD_TO_RUNS, [...runKeys(runs), ...figuresOf(runs)]);
}

const keyArrays = (rows: readonly DailyKey[]): string[][] => [
  ...[rows.map((row) => row.tenantId), rows.map((row) => row.instanceId)],
  ...[rows.map((row) => row.aiAgent), rows.map((row) => row.day)],
];

const runKeys = (rows: readonly RunFigures[]): string[][] => [
  rows.map((row) => row.tenantId),
  rows.map((row) => row.runId),
];

/** Puts the models beyond those that are told apart together. */
async function withBoundedModels(manager: EntityManager, rows: DailyFigures[]): Promise<DailyFigures[]> {
  const named = rows.filter(({ model }) => model !== NO_MODEL && model !== OTHER_MODELS);
  if (named.length === 0) return rows;
  let known = await knownModels(manager, named);
  if (named.every((row) => known.get(keyOf(row))?.has(row.model))) return rows;
  await manager.query('SELECT pg_advisory_xact_lock($1)', [NEW_MODELS_LOCK]);
  known = await knownModels(manager, named);
  const bounded = new Map<string, DailyFigures>();
  for (const row of rows) {
    const model = admittedModel(known, row);
    const key = rowKeyOf({ ...row, model });
    const into = bounded.get(key) ?? { ...row, model, figures: noFigures() };
    addFigures(into.figures, row.figures);
    bounded.set(key, into);
  }
  return [...bounded.values()];
}

const keyOf = ({ tenantId, instanceId, aiAgent, day }: DailyKey): string =>
  JSON.stringify([tenantId, instanceId, aiAgent, day]);

const rowKeyOf = (row: DailyKey & { readonly model: string }): string => JSON.stringify([keyOf(row), row.model]);

const byKey = (one: DailyFigures, other: DailyFigures): number => (rowKeyOf(one) < rowKeyOf(other) ? -1 : 1);

function admittedModel(known: Map<string, Set<string>>, row: DailyFigures): string {
  if (row.model === NO_MODEL || row.model === OTHER_MODELS) return row.model;
  const models = known.get(keyOf(row)) ?? new Set();
  known.set(keyOf(row), models);
  if (!models.has(row.model) && models.size >= MAX_MODELS) return OTHER_MODELS;
  models.add(row.model);
  return row.model;
}

/** Those that are told apart so far. */
async function knownModels(manager: EntityManager, keys: readonly DailyKey[]): Promise<Map<string, Set<string>>> {
  const rows: (DailyKey & { model: string })[] = await manager.query(KNOWN_MODELS, keyArrays(keys));
  const known = new Map<string, Set<string>>();
  for (const row of rows) {
    if (row.model === NO_MODEL || row.model === OTHER_MODELS) continue;
    known.set(keyOf(row), (known.get(keyOf(row)) ?? new Set()).add(row.model));
  }
  return known;
}
