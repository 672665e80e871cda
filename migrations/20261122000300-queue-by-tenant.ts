import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tenants take turns in the queue: it is read by tenant, for claims, for caps and for the place of a run; and a claim asks whose
 * last run was claimed longest ago.
 */
export class QueueByTenant20261122000300 implements MigrationInterface {
  readonly name = 'QueueByTenant20261122000300';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  `DROP INDEX triage_runs_queued`,
  `CREATE INDEX triage_runs_queued ON triage_runs (tenant_id, created_at, id) WHERE state = 'QUEUED'`,
  `ALTER TABLE triage_runs ADD COLUMN claimed_at timestamptz`,
  `CREATE INDEX triage_runs_claimed ON triage_runs (tenant_id, claimed_at) WHERE claimed_at IS NOT NULL`,
  `GRANT SELECT (claimed_at), UPDATE (claimed_at) ON triage_runs TO triaged_worker`,
];

const DOWN = [
  `DROP INDEX triage_runs_queued`,
  `CREATE INDEX triage_runs_queued ON triage_runs (created_at, id) WHERE state = 'QUEUED'`,
  `ALTER TABLE triage_runs DROP COLUMN claimed_at`,
];
