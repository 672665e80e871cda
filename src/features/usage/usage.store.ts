import type { DataSource, EntityManager } from 'typeorm';
import type { DailyFigures, RunFigures, UsageBatch, UsageFigures } from './usage-batch.js';

const FIGURES = [
  ['request_count', 'requestCount'],
  ['error_count', 'errorCount'],
  ['input_tokens', 'inputTokens'],
  ['output_tokens', 'outputTokens'],
  ['cache_read_tokens', 'cacheReadTokens'],
  ['cache_write_tokens', 'cacheWriteTokens'],
] as const satisfies readonly (readonly [string, keyof UsageFigures])[];

const COLUMNS = FIGURES.map(([column]) => column).join(', ');
const arrays = (from: number): string => FIGURES.map((_, index) => `$${from + index}::bigint[]`).join(', ');
const figuresOf = (rows: readonly UsageFigures[]): number[][] =>
  FIGURES.map(([, field]) => rows.map((row) => row[field]));

const ADD_DAILY = `
  INSERT INTO usage_daily AS known (tenant_id, instance_id, ai_agent, day, ${COLUMNS})
  SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::date[], ${arrays(5)})
  ON CONFLICT (tenant_id, instance_id, ai_agent, day) DO UPDATE
  SET ${FIGURES.map(([column]) => `${column} = known.${column} + excluded.${column}`).join(', ')}`;

const ADD_TO_RUNS = `
  UPDATE triage_runs AS run
  SET ${FIGURES.map(([column]) => `${column} = run.${column} + new.${column}`).join(', ')}
  FROM unnest($1::text[], $2::uuid[], ${arrays(3)}) AS new (tenant_id, id, ${COLUMNS})
  WHERE run.tenant_id = new.tenant_id AND run.id = new.id`;

/** How long the ids of written batches are kept: far longer than any server retries one. */
const KEEP_BATCHES = '7 days';

/** The SQL side of metering. */
export class UsageStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Adds a batch in one transaction, its id included, so that a retry after a commit whose answer was lost adds nothing.
   */
  async write(batch: UsageBatch): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const inserted: unknown[] = await manager.query(
        `INSERT INTO usage_batches (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id`,
        [batch.id],
      );
      if (inserted.length === 0) return;
      await addDaily(manager, batch.daily());
      await addToRuns(manager, batch.runs());
    });
  }

  async forgetOldBatches(): Promise<void> {
    await this.dataSource.query(`DELETE FROM usage_batches WHERE written_at < now() - interval '${KEEP_BATCHES}'`);
  }
}

async function addDaily(manager: EntityManager, rows: readonly DailyFigures[]): Promise<void> {
  await manager.query(ADD_DAILY, [
    ...[rows.map((row) => row.tenantId), rows.map((row) => row.instanceId), rows.map((row) => row.aiAgent)],
    ...[rows.map((row) => row.day), ...figuresOf(rows)],
  ]);
}

async function addToRuns(manager: EntityManager, rows: readonly RunFigures[]): Promise<void> {
  await manager.query(ADD_TO_RUNS, [
    ...[rows.map((row) => row.tenantId), rows.map((row) => row.runId), ...figuresOf(rows)],
  ]);
}
