import type { MigrationInterface, QueryRunner } from 'typeorm';

const column = `ADD COLUMN key_delivery text NOT NULL DEFAULT 'ENVIRONMENT'
  CHECK (key_delivery IN ('ENVIRONMENT', 'BROKERED'))`;

/** How the agents of an instance's runs come by the provider's key; a run keeps what held when it was asked for. */
export class BrokerKeys20261121000045 implements MigrationInterface {
  readonly name = 'BrokerKeys20261121000045';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE instances ${column}`);
    await runner.query(`ALTER TABLE triage_runs ${column}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE triage_runs DROP COLUMN key_delivery');
    await runner.query('ALTER TABLE instances DROP COLUMN key_delivery');
  }
}
