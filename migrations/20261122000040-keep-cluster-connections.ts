import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isolateTenants } from './row-level-security.js';

/** A run keeps the connection to its cluster that it was queued with, also when the cluster is given another kubeconfig. */
export class KeepClusterConnections20261122000040 implements MigrationInterface {
  readonly name = 'KeepClusterConnections20261122000040';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
    await isolateTenants(queryRunner, 'cluster_connections', 'SELECT, INSERT, DELETE');
    for (const statement of FUNCTION) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  // Those that were replaced while runs used them. The present one stands in `clusters`.
  `CREATE TABLE cluster_connections (
    tenant_id text NOT NULL CHECK (tenant_id <> ''),
    cluster_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    server_url text NOT NULL,
    certificate_authority text,
    tls_server_name text,
    namespace text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant_id, cluster_id, version),
    FOREIGN KEY (tenant_id, cluster_id) REFERENCES clusters (tenant_id, id) ON DELETE CASCADE
  )`,
  `ALTER TABLE triage_runs ADD COLUMN cluster_credential_version integer`,
  `UPDATE triage_runs AS run SET cluster_credential_version = cluster.credential_version
    FROM clusters AS cluster WHERE run.ended_at IS NULL
      AND (cluster.tenant_id, cluster.id) = (run.tenant_id, run.cluster_id)`,
  `ALTER TABLE triage_runs ADD CONSTRAINT triage_runs_cluster_pinned
    CHECK (ended_at IS NOT NULL OR cluster_id IS NULL OR cluster_credential_version IS NOT NULL)`,
];

const FUNCTION = [
  // Of all tenants, therefore nothing but which they are. No run is queued with them any more, and no open one has them.
  `CREATE FUNCTION unused_cluster_connections() RETURNS TABLE (tenant_id text, cluster_id uuid, version integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.tenant_id, c.cluster_id, c.version FROM cluster_connections AS c
      WHERE NOT EXISTS (SELECT FROM triage_runs AS run
        WHERE (run.tenant_id, run.cluster_id) = (c.tenant_id, c.cluster_id)
          AND run.cluster_credential_version = c.version AND run.ended_at IS NULL)
  $$`,
  `REVOKE EXECUTE ON FUNCTION unused_cluster_connections() FROM PUBLIC`,
  `GRANT EXECUTE ON FUNCTION unused_cluster_connections() TO triaged_app`,
];

const DOWN = [
  `DROP FUNCTION unused_cluster_connections()`,
  `ALTER TABLE triage_runs DROP CONSTRAINT triage_runs_cluster_pinned, DROP COLUMN cluster_credential_version`,
  `DROP TABLE cluster_connections`,
];
