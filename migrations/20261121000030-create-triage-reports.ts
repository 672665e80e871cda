import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What runs report. Apart from the runs, whose rows are read often while a report is large and read seldom. */
export class CreateTriageReports20261121000030 implements MigrationInterface {
  readonly name = 'CreateTriageReports20261121000030';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE triage_reports (
      tenant_id text NOT NULL,
      run_id uuid NOT NULL,
      report jsonb,
      problem jsonb,
      PRIMARY KEY (tenant_id, run_id),
      FOREIGN KEY (tenant_id, run_id) REFERENCES triage_runs (tenant_id, id),
      CHECK ((report IS NULL) <> (problem IS NULL))
    )`);
    // The handle was never read: containers are found by their label.
    await queryRunner.query(`ALTER TABLE triage_runs ADD COLUMN system_prompt text, DROP COLUMN container_handle`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE triage_runs ADD COLUMN container_handle text, DROP COLUMN system_prompt`);
    await queryRunner.query(`DROP TABLE triage_reports`);
  }
}
