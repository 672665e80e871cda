import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which servers there are, for each other: no tenant's, and nothing of theirs. */
export class CreateServers20261122000210 implements MigrationInterface {
  readonly name = 'CreateServers20261122000210';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE servers (
      id uuid PRIMARY KEY,
      role text NOT NULL CHECK (role IN ('all', 'api', 'worker')),
      run_group text NOT NULL,
      url text NOT NULL,
      seen_at timestamptz NOT NULL
    )`);
    await queryRunner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON servers TO triaged_worker`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE servers`);
  }
}
