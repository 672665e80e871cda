import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an instance lets providers do for its agents; nothing until somebody says so. */
export class AllowProviderFeatures20261122000060 implements MigrationInterface {
  readonly name = 'AllowProviderFeatures20261122000060';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE instances ADD COLUMN provider_features text[] NOT NULL DEFAULT '{}' CHECK (cardinality(provider_features) <= 32)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE instances DROP COLUMN provider_features`);
  }
}
