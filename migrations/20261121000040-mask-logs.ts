import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MaskLogs20261121000040 implements MigrationInterface {
  readonly name = 'MaskLogs20261121000040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE triage_runs ADD COLUMN log_masked boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE triage_runs DROP COLUMN log_masked');
  }
}
