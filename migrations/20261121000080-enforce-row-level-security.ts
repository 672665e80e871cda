import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolateTenants } from './row-level-security.js';

/**
 * Row-level security under the tenant scoping, for two roles that cannot pass by it: triaged_app, which works for one tenant
 * at a time, and triaged_worker, which sees of all tenants' runs and figures what a worker writes, and nothing that a
 * tenant wrote. Roles belong to the cluster: they may have been made by an administrator or another database, and stay.
 */
export class EnforceRowLevelSecurity20261121000080 implements MigrationInterface {
  readonly name = 'EnforceRowLevelSecurity20261121000080';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const role of ROLES) await queryRunner.query(makeRole(role));
    for (const table of await tenantTables(queryRunner)) {
      await isolateTenants(queryRunner, table, APPEND_ONLY.has(table) ? 'SELECT, INSERT' : EVERYTHING);
    }
    for (const statement of WORKER) await queryRunner.query(statement);
    for (const name of FUNCTIONS) {
      await queryRunner.query(`REVOKE EXECUTE ON FUNCTION ${name} FROM PUBLIC`);
      await queryRunner.query(`GRANT EXECUTE ON FUNCTION ${name} TO triaged_app`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of FUNCTIONS) {
      await queryRunner.query(`GRANT EXECUTE ON FUNCTION ${name} TO PUBLIC`);
      await queryRunner.query(`REVOKE EXECUTE ON FUNCTION ${name} FROM triaged_app`);
    }
    for (const table of WORKER_TABLES) await queryRunner.query(`DROP POLICY worker ON ${table}`);
    await queryRunner.query(`REVOKE ALL ON usage_batches FROM triaged_worker`);
    for (const table of await tenantTables(queryRunner)) {
      for (const policy of ['own_tenant', 'owner']) await queryRunner.query(`DROP POLICY ${policy} ON ${table}`);
      await queryRunner.query(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY`);
      await queryRunner.query(`REVOKE ALL ON ${table} FROM triaged_app, triaged_worker`);
    }
    await queryRunner.query(`REVOKE USAGE ON SCHEMA public FROM triaged_app, triaged_worker`);
  }
}

const ROLES = ['triaged_app', 'triaged_worker'] as const;
const EVERYTHING = 'SELECT, INSERT, UPDATE, DELETE';
const APPEND_ONLY = new Set(['audit_events']);
const WORKER_TABLES = ['triage_runs', 'triage_reports', 'usage_daily'] as const;

/** Makes the role unless it is there, and lets the present one work as it. */
const makeRole = (role: (typeof ROLES)[number]): string => `DO $$
  BEGIN
    BEGIN
      IF to_regrole('${role}') IS NULL THEN
        CREATE ROLE ${role} NOLOGIN;
      END IF;
    EXCEPTION
      -- Another database's migration was faster.
      WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    BEGIN
      SET LOCAL ROLE ${role};
      RESET ROLE;
    EXCEPTION
      WHEN insufficient_privilege THEN GRANT ${role} TO CURRENT_USER;
    END;
  EXCEPTION
    WHEN insufficient_privilege THEN
      RAISE EXCEPTION 'The role % may not make or become the role ${role}. As an administrator: CREATE ROLE ${role} NOLOGIN; GRANT ${role} TO %',
        current_user, quote_ident(current_user) USING ERRCODE = 'insufficient_privilege';
  END
$$`;

async function tenantTables(queryRunner: QueryRunner): Promise<string[]> {
  const rows = (await queryRunner.query(
    `SELECT relname AS name FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attname = 'tenant_id' ORDER BY relname`,
  )) as { name: string }[];
  return rows.map(({ name }) => name);
}

const REQUESTS = 'cancel_requested_at, credential_revoked_at';
const LEASE = 'state, lease_owner, lease_expires_at, fence';
const PROGRESS = 'started_at, ended_at, exit_report, network';
const ENDING = 'exit_code, reason_code, reason_message, log_bytes, log_complete, log_truncated, log_masked';
const FIGURES = 'request_count, error_count, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens';

const WORKER = [
  `GRANT USAGE ON SCHEMA public TO triaged_app, triaged_worker`,
  `GRANT SELECT (tenant_id, id, created_at, started_at, ended_at, ${REQUESTS}, ${LEASE}, ${FIGURES}),
    UPDATE (${LEASE}, ${PROGRESS}, ${ENDING}, ${FIGURES}) ON triage_runs TO triaged_worker`,
  `GRANT INSERT ON triage_reports TO triaged_worker`,
  `GRANT SELECT, INSERT, UPDATE ON usage_daily TO triaged_worker`,
  `GRANT SELECT, INSERT, DELETE ON usage_batches TO triaged_worker`,
  ...WORKER_TABLES.map((table) => `CREATE POLICY worker ON ${table} TO triaged_worker USING (true)`),
];

/** They run as their owner and answer across tenants. */
const FUNCTIONS = ['ownership_of(text, text, uuid)', 'unused_credentials()', 'instances_with_files()'];
