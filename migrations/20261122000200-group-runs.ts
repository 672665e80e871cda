import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which servers a run may be taken over by: those that see its container and its folders. What is under way bears its
 * owner's name, which is no group's. A journal of model calls is a process', and no more a worker's.
 */
export class GroupRuns20261122000200 implements MigrationInterface {
  readonly name = 'GroupRuns20261122000200';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  `ALTER TABLE triage_runs ADD COLUMN run_group text`,
  `UPDATE triage_runs SET run_group = coalesce(lease_owner, '') WHERE state IN ('PREPARING', 'RUNNING')`,
  `ALTER TABLE triage_runs ADD CONSTRAINT triage_runs_grouped
    CHECK (state NOT IN ('PREPARING', 'RUNNING') OR run_group IS NOT NULL)`,
  `GRANT SELECT (run_group, runtime), UPDATE (run_group, runtime) ON triage_runs TO triaged_worker`,
  `ALTER TABLE usage_journals RENAME COLUMN worker_id TO journal_id`,
];

const DOWN = [
  `ALTER TABLE usage_journals RENAME COLUMN journal_id TO worker_id`,
  `REVOKE SELECT (runtime), UPDATE (runtime) ON triage_runs FROM triaged_worker`,
  `ALTER TABLE triage_runs DROP CONSTRAINT triage_runs_grouped, DROP COLUMN run_group`,
];
