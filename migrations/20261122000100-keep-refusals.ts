import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What limit refused a run's latest model call, for the verdict of whichever server owns the run then; null: none did. */
export class KeepRefusals20261122000100 implements MigrationInterface {
  readonly name = 'KeepRefusals20261122000100';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE triage_runs ADD COLUMN refusal jsonb`);
    await queryRunner.query(`GRANT SELECT (refusal), UPDATE (refusal) ON triage_runs TO triaged_worker`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE triage_runs DROP COLUMN refusal`);
  }
}
