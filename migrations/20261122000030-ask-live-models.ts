import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What answered an execution, where it was not the mock: whose key it was and what it took. And what a run's CLI reported of
 * its usage at its end, with how far that lies from what the gateway counted.
 */
export class AskLiveModels20261122000030 implements MigrationInterface {
  readonly name = 'AskLiveModels20261122000030';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  `ALTER TABLE execution_logs
    ADD COLUMN instance_id uuid,
    ADD COLUMN ai_agent text,
    ADD COLUMN usage jsonb CHECK (jsonb_typeof(usage) = 'object'),
    ADD CONSTRAINT execution_logs_instance FOREIGN KEY (tenant_id, instance_id) REFERENCES instances (tenant_id, id),
    ADD CONSTRAINT execution_logs_live
      CHECK ((instance_id IS NULL) = (ai_agent IS NULL) AND (instance_id IS NULL) = (usage IS NULL))`,
  `ALTER TABLE triage_runs
    ADD COLUMN reported_tokens jsonb CHECK (jsonb_typeof(reported_tokens) = 'object'),
    ADD COLUMN usage_drift double precision CHECK (usage_drift BETWEEN -100 AND 100)`,
  `GRANT UPDATE (reported_tokens, usage_drift) ON triage_runs TO triaged_worker`,
];

const DOWN = [
  `ALTER TABLE triage_runs DROP COLUMN reported_tokens, DROP COLUMN usage_drift`,
  `ALTER TABLE execution_logs DROP COLUMN instance_id, DROP COLUMN ai_agent, DROP COLUMN usage`,
];
