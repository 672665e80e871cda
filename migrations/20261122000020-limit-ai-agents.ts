import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolateTenants } from './row-level-security.js';

/** What an instance's AI agents may ask of their models; null is without limit, and so is an AI agent without a row. */
export class LimitAiAgents20261122000020 implements MigrationInterface {
  readonly name = 'LimitAiAgents20261122000020';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE ai_agent_limits (
      tenant_id text NOT NULL CHECK (tenant_id <> ''),
      instance_id uuid NOT NULL,
      ai_agent text NOT NULL CHECK (ai_agent <> ''),
      requests_per_minute integer CHECK (requests_per_minute > 0),
      tokens_per_minute bigint CHECK (tokens_per_minute > 0),
      concurrent_calls integer CHECK (concurrent_calls > 0),
      run_tokens bigint CHECK (run_tokens > 0),
      run_cost_nano_usd bigint CHECK (run_cost_nano_usd > 0),
      day_tokens bigint CHECK (day_tokens > 0),
      day_cost_nano_usd bigint CHECK (day_cost_nano_usd > 0),
      PRIMARY KEY (tenant_id, instance_id, ai_agent),
      FOREIGN KEY (tenant_id, instance_id) REFERENCES instances (tenant_id, id) ON DELETE CASCADE
    )`);
    await isolateTenants(queryRunner, 'ai_agent_limits', 'SELECT, INSERT, UPDATE, DELETE');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ai_agent_limits`);
  }
}
