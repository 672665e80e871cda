import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Logs and artifacts are kept for so many days; the row says first that they are gone. */
export class ExpireRuns20261122000310 implements MigrationInterface {
  readonly name = 'ExpireRuns20261122000310';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE triage_runs DROP COLUMN expired_at`);
  }
}

const UP = [
  `ALTER TABLE triage_runs ADD COLUMN expired_at timestamptz(3),
    ADD CONSTRAINT triage_runs_expire_ended CHECK (expired_at IS NULL OR ended_at IS NOT NULL)`,
  `CREATE INDEX triage_runs_kept ON triage_runs (ended_at) WHERE ended_at IS NOT NULL AND expired_at IS NULL`,
  `GRANT SELECT (expired_at), UPDATE (expired_at) ON triage_runs TO triaged_worker`,
];
