import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the instances' AI agents used, by UTC day, and which batches of it were written. */
export class CreateUsage20261120000002 implements MigrationInterface {
  readonly name = 'CreateUsage20261120000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    // No foreign key: a batch holds figures of many tenants and must not fail because one instance is gone.
    await queryRunner.query(`CREATE TABLE usage_daily (
      tenant_id text NOT NULL CHECK (tenant_id <> ''),
      instance_id uuid NOT NULL,
      ai_agent text NOT NULL,
      day date NOT NULL,
      request_count bigint NOT NULL CHECK (request_count >= 0),
      error_count bigint NOT NULL CHECK (error_count BETWEEN 0 AND request_count),
      input_tokens bigint NOT NULL CHECK (input_tokens >= 0),
      output_tokens bigint NOT NULL CHECK (output_tokens >= 0),
      cache_read_tokens bigint NOT NULL CHECK (cache_read_tokens >= 0),
      cache_write_tokens bigint NOT NULL CHECK (cache_write_tokens >= 0),
      PRIMARY KEY (tenant_id, instance_id, ai_agent, day)
    )`);
    await queryRunner.query(`CREATE TABLE usage_batches (
      id uuid PRIMARY KEY,
      written_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`);
    await queryRunner.query(`CREATE INDEX usage_batches_by_age ON usage_batches (written_at)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE usage_batches`);
    await queryRunner.query(`DROP TABLE usage_daily`);
  }
}
