import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who stored a key, revocation, and the destruction of ciphertext that nothing needs any more. */
export class RevokeAndDestroyCredentials20261121000050 implements MigrationInterface {
  readonly name = 'RevokeAndDestroyCredentials20261121000050';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  `ALTER TABLE credentials
    ALTER COLUMN sealed DROP NOT NULL,
    ADD COLUMN created_by text,
    ADD COLUMN revoked_at timestamptz(3),
    ADD COLUMN destroyed_at timestamptz(3),
    ADD CONSTRAINT credentials_revoked CHECK ((state = 'REVOKED') = (revoked_at IS NOT NULL)),
    ADD CONSTRAINT credentials_destroyed CHECK ((sealed IS NULL) = (destroyed_at IS NOT NULL)),
    ADD CONSTRAINT credentials_kept CHECK (CASE state WHEN 'ACTIVE' THEN sealed IS NOT NULL
      WHEN 'REVOKED' THEN sealed IS NULL ELSE true END)`,
  `CREATE INDEX credentials_to_destroy ON credentials (rotated_at) WHERE state = 'ROTATED' AND sealed IS NOT NULL`,
  `ALTER TABLE triage_runs ADD COLUMN credential_revoked_at timestamptz(3)`,
  `CREATE INDEX triage_runs_by_credential ON triage_runs (tenant_id, instance_id, ai_agent, credential_version)
    WHERE ended_at IS NULL`,

  // Of all tenants, therefore nothing but which they are. Nothing can open them any more: no start pins them, no open run uses them.
  `CREATE FUNCTION unused_credentials() RETURNS TABLE (tenant_id text, instance_id uuid, ai_agent text, version integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.tenant_id, c.instance_id, c.ai_agent, c.version FROM credentials AS c
      WHERE c.state = 'ROTATED' AND c.sealed IS NOT NULL
        AND NOT EXISTS (SELECT FROM instance_pins AS pin
          WHERE (pin.tenant_id, pin.instance_id, pin.ai_agent) = (c.tenant_id, c.instance_id, c.ai_agent)
            AND pin.credential_version = c.version)
        AND NOT EXISTS (SELECT FROM triage_runs AS run
          WHERE (run.tenant_id, run.instance_id, run.ai_agent) = (c.tenant_id, c.instance_id, c.ai_agent)
            AND run.credential_version = c.version AND run.ended_at IS NULL)
  $$`,
];

/** What was destroyed stays so: an empty ciphertext opens as little as none. Of a revoked key there was no notion. */
const DOWN = [
  `DROP FUNCTION unused_credentials()`,
  `DROP INDEX triage_runs_by_credential`,
  `ALTER TABLE triage_runs DROP COLUMN credential_revoked_at`,
  `DROP INDEX credentials_to_destroy`,
  `ALTER TABLE credentials DROP CONSTRAINT credentials_kept, DROP CONSTRAINT credentials_destroyed,
    DROP CONSTRAINT credentials_revoked`,
  `UPDATE credentials SET sealed = '' WHERE sealed IS NULL`,
  `ALTER TABLE credentials DROP COLUMN destroyed_at, DROP COLUMN revoked_at, DROP COLUMN created_by,
    ALTER COLUMN sealed SET NOT NULL`,
];
