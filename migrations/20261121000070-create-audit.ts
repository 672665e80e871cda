import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who did what, from where. Rows are only ever added: the database refuses UPDATE, DELETE and TRUNCATE to every role, and a
 * role that does not own the table cannot lift that. No foreign keys: what an event names may be deleted, the event stays.
 */
export class CreateAudit20261121000070 implements MigrationInterface {
  readonly name = 'CreateAudit20261121000070';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE audit_events`);
    await queryRunner.query(`DROP FUNCTION refuse_change_of_audit_events()`);
  }
}

const UP = [
  `CREATE TABLE audit_events (
    tenant_id text NOT NULL CHECK (tenant_id <> ''),
    id uuid NOT NULL UNIQUE,
    action text NOT NULL CHECK (action <> ''),
    key_id text,
    role text CHECK (role IN ('ADMIN', 'OPERATOR', 'VIEWER')),
    client_address text,
    instance_id uuid,
    ai_agent text,
    credential_version integer,
    cluster_id uuid,
    run_id uuid,
    details jsonb NOT NULL CHECK (jsonb_typeof(details) = 'object'),
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT audit_events_actor CHECK ((key_id IS NULL) = (role IS NULL))
  )`,
  `CREATE INDEX audit_events_by_age ON audit_events (tenant_id, created_at DESC, id DESC)`,
  `CREATE INDEX audit_events_by_instance ON audit_events (tenant_id, instance_id, created_at DESC, id DESC)
    WHERE instance_id IS NOT NULL`,
  `CREATE INDEX audit_events_by_action ON audit_events (tenant_id, action, created_at DESC, id DESC)`,
  `CREATE INDEX audit_events_by_key ON audit_events (tenant_id, key_id, created_at DESC, id DESC)
    WHERE key_id IS NOT NULL`,

  `CREATE FUNCTION refuse_change_of_audit_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'audit_events is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END
  $$`,
  `CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_events()`,
  // Also for sessions that replay a replication stream, which skip ordinary triggers.
  `ALTER TABLE audit_events ENABLE ALWAYS TRIGGER audit_events_append_only`,
];
