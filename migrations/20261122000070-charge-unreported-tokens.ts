import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['usage_daily', 'triage_runs'];

/** What generations that were cut are taken to have spent beyond what their provider reported: towards budgets alone. */
export class ChargeUnreportedTokens20261122000070 implements MigrationInterface {
  readonly name = 'ChargeUnreportedTokens20261122000070';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await queryRunner.query(
        `ALTER TABLE ${table} ADD COLUMN unreported_tokens bigint NOT NULL DEFAULT 0 CHECK (unreported_tokens >= 0)`,
      );
    }
    await queryRunner.query(
      `GRANT SELECT (unreported_tokens), UPDATE (unreported_tokens) ON triage_runs TO triaged_worker`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN unreported_tokens`);
  }
}
