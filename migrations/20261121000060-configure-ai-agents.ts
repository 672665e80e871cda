import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What of an AI agent can be configured beyond its model, and by whom; instances that are deleted but for their history. */
export class ConfigureAiAgents20261121000060 implements MigrationInterface {
  readonly name = 'ConfigureAiAgents20261121000060';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE ai_agent_configurations
      ADD COLUMN removed boolean NOT NULL DEFAULT false,
      ADD COLUMN provider text CHECK (provider IN ('anthropic', 'openai', 'google')),
      ADD COLUMN base_url text CHECK (base_url <> ''),
      ADD COLUMN allowed_tools text[] CHECK (cardinality(allowed_tools) BETWEEN 1 AND 64),
      ADD COLUMN configured_by text`);
    await queryRunner.query(`ALTER TABLE instances
      ADD COLUMN deleted_at timestamptz(3),
      ADD CONSTRAINT instances_deleted_stopped CHECK (deleted_at IS NULL OR state = 'STOPPED'),
      DROP CONSTRAINT instances_name_unique`);
    await queryRunner.query(
      `CREATE UNIQUE INDEX instances_name_unique ON instances (tenant_id, name) WHERE deleted_at IS NULL`,
    );
    // Those whose folder may differ from the database; a deleted one's may have outlived it by a crash.
    await queryRunner.query(`CREATE FUNCTION instances_with_files() RETURNS TABLE (tenant_id text, id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT instance.tenant_id, instance.id FROM instances AS instance
        WHERE deleted_at IS NULL OR deleted_at > clock_timestamp() - interval '7 days'
    $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION instances_with_files()`);
    await queryRunner.query(`DROP INDEX instances_name_unique`);
    await queryRunner.query(`ALTER TABLE instances DROP COLUMN deleted_at`);
    await queryRunner.query(`ALTER TABLE instances ADD CONSTRAINT instances_name_unique UNIQUE (tenant_id, name)`);
    await queryRunner.query(`ALTER TABLE ai_agent_configurations
      DROP COLUMN removed, DROP COLUMN provider, DROP COLUMN base_url, DROP COLUMN allowed_tools, DROP COLUMN configured_by`);
  }
}
