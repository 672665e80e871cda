import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Audit events name the platform's agents and tools, too. */
export class AuditPlatform20261122000041 implements MigrationInterface {
  readonly name = 'AuditPlatform20261122000041';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE audit_events ADD COLUMN agent_id uuid, ADD COLUMN tool_id uuid`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE audit_events DROP COLUMN tool_id, DROP COLUMN agent_id`);
  }
}
