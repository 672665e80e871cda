import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The place of the mutation in its trace, so that every server that has the run knows it; null while nothing is traced. */
export class TraceRuns20261122000400 implements MigrationInterface {
  readonly name = 'TraceRuns20261122000400';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE triage_runs ADD COLUMN traceparent text CHECK (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-01$')`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE triage_runs DROP COLUMN traceparent`);
  }
}
