import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tenants take turns in the queue: it is read by tenant, for claims, for caps and for the place of a run. */
export class QueueByTenant20261122000300 implements MigrationInterface {
  readonly name = 'QueueByTenant20261122000300';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX triage_runs_queued`);
    await queryRunner.query(
      `CREATE INDEX triage_runs_queued ON triage_runs (tenant_id, created_at, id) WHERE state = 'QUEUED'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX triage_runs_queued`);
    await queryRunner.query(`CREATE INDEX triage_runs_queued ON triage_runs (created_at, id) WHERE state = 'QUEUED'`);
  }
}
