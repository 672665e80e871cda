import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which hosts an instance's runs may reach, which ones a run might reach, and what it did over the network. */
export class CreateNetwork20261121000020 implements MigrationInterface {
  readonly name = 'CreateNetwork20261121000020';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE instances ADD COLUMN egress text[] NOT NULL DEFAULT '{}' CHECK (cardinality(egress) <= 64)`,
    );
    await queryRunner.query(`ALTER TABLE triage_runs
      ADD COLUMN egress text[] NOT NULL DEFAULT '{}' CHECK (cardinality(egress) <= 64),
      ADD COLUMN network jsonb NOT NULL DEFAULT '{"connections": 0, "sentBytes": 0, "receivedBytes": 0, "refused": []}'
        CHECK (jsonb_array_length(network -> 'refused') <= 100)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE triage_runs DROP COLUMN network, DROP COLUMN egress`);
    await queryRunner.query(`ALTER TABLE instances DROP COLUMN egress`);
  }
}
