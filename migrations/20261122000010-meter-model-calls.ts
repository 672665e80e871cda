import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolateTenants } from './row-level-security.js';

/**
 * Usage by model, with errors by class, refused calls, calls whose end nobody knows, and cost; the same on each run; and in
 * place of the ids of written batches, how far each segment of a server's journal was applied.
 */
export class MeterModelCalls20261122000010 implements MigrationInterface {
  readonly name = 'MeterModelCalls20261122000010';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
    await isolateTenants(queryRunner, 'unknown_model_calls', 'SELECT');
    for (const statement of WORKER) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const OLD_FIGURES = [
  ...['request_count', 'error_count', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'],
];
const COUNTS = [
  ...['partial_count', 'limited_count', 'unknown_count', 'reasoning_tokens', 'unpriced_tokens'],
  ...['errors_unauthorized', 'errors_rate_limited', 'errors_invalid_request', 'errors_provider_error'],
  ...['errors_timeout', 'errors_unreachable', 'errors_cut', 'errors_refused'],
];
const FIGURES = [...COUNTS, 'cost_nano_usd'];

const addFigures = (table: string): string =>
  `ALTER TABLE ${table} ${[
    ...COUNTS.map((column) => `ADD COLUMN ${column} bigint NOT NULL DEFAULT 0 CHECK (${column} >= 0)`),
    // Without a bound, so that what a provider claims cannot overflow it.
    'ADD COLUMN cost_nano_usd numeric NOT NULL DEFAULT 0 CHECK (cost_nano_usd >= 0)',
  ].join(', ')}`;
const dropFigures = (table: string): string =>
  `ALTER TABLE ${table} ${FIGURES.map((column) => `DROP COLUMN ${column}`).join(', ')}`;

const UP = [
  addFigures('usage_daily'),
  // Empty: no model answered, or it was not written down yet. Its tokens have no known price.
  `ALTER TABLE usage_daily ADD COLUMN model text NOT NULL DEFAULT '',
    DROP CONSTRAINT usage_daily_pkey, ADD PRIMARY KEY (tenant_id, instance_id, ai_agent, day, model)`,
  `UPDATE usage_daily SET unpriced_tokens = input_tokens + output_tokens + cache_read_tokens + cache_write_tokens`,
  addFigures('triage_runs'),
  `UPDATE triage_runs SET unpriced_tokens = input_tokens + output_tokens + cache_read_tokens + cache_write_tokens
    WHERE request_count > 0`,

  // No foreign keys: what a call belonged to may be deleted, the call stays. created_at is when it began.
  `CREATE TABLE unknown_model_calls (
    tenant_id text NOT NULL CHECK (tenant_id <> ''),
    id uuid NOT NULL UNIQUE,
    instance_id uuid NOT NULL,
    ai_agent text NOT NULL,
    run_id uuid,
    created_at timestamptz(3) NOT NULL,
    PRIMARY KEY (tenant_id, id)
  )`,
  `CREATE INDEX unknown_model_calls_by_age ON unknown_model_calls (tenant_id, created_at DESC, id DESC)`,
  `CREATE INDEX unknown_model_calls_by_instance
    ON unknown_model_calls (tenant_id, instance_id, created_at DESC, id DESC)`,

  `CREATE TABLE usage_journals (
    segment_id uuid PRIMARY KEY,
    worker_id text NOT NULL,
    applied_to bigint NOT NULL CHECK (applied_to >= 0)
  )`,
  `DROP TABLE usage_batches`,
];

const WORKER = [
  `GRANT SELECT (${FIGURES.join(', ')}), UPDATE (${FIGURES.join(', ')}) ON triage_runs TO triaged_worker`,
  `GRANT SELECT, INSERT ON unknown_model_calls TO triaged_worker`,
  `CREATE POLICY worker ON unknown_model_calls TO triaged_worker USING (true)`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON usage_journals TO triaged_worker`,
];

const MERGED = ['request_count', 'error_count', 'input_tokens', 'output_tokens + reasoning_tokens'];

const DOWN = [
  `CREATE TABLE usage_batches (id uuid PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  `CREATE INDEX usage_batches_by_age ON usage_batches (written_at)`,
  `GRANT SELECT, INSERT, DELETE ON usage_batches TO triaged_worker`,
  `DROP TABLE usage_journals`,
  `DROP TABLE unknown_model_calls`,

  `UPDATE triage_runs SET output_tokens = output_tokens + reasoning_tokens WHERE reasoning_tokens > 0`,
  dropFigures('triage_runs'),

  `CREATE TEMPORARY TABLE merged_usage AS
    SELECT tenant_id, instance_id, ai_agent, day,
      ${[...MERGED, 'cache_read_tokens', 'cache_write_tokens'].map((figure, index) => `sum(${figure}) AS ${OLD_FIGURES[index]}`).join(', ')}
    FROM usage_daily GROUP BY tenant_id, instance_id, ai_agent, day HAVING sum(request_count) > 0`,
  `DELETE FROM usage_daily`,
  `ALTER TABLE usage_daily DROP CONSTRAINT usage_daily_pkey, DROP COLUMN model,
    ADD PRIMARY KEY (tenant_id, instance_id, ai_agent, day)`,
  dropFigures('usage_daily'),
  `INSERT INTO usage_daily (tenant_id, instance_id, ai_agent, day, ${OLD_FIGURES.join(', ')}) SELECT * FROM merged_usage`,
  `DROP TABLE merged_usage`,
];
