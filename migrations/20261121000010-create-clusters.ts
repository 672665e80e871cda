import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Registered clusters, and which of them a triage run may reach. */
export class CreateClusters20261121000010 implements MigrationInterface {
  readonly name = 'CreateClusters20261121000010';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
    await queryRunner.query(ownershipOf([...EARLIER_KINDS, CLUSTER_KIND]));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(ownershipOf(EARLIER_KINDS));
    await queryRunner.query(`ALTER TABLE triage_runs DROP COLUMN cluster_id`);
    await queryRunner.query(`DROP TABLE clusters`);
  }
}

const UP = [
  `CREATE TABLE clusters (
    tenant_id text NOT NULL CHECK (tenant_id <> ''),
    id uuid NOT NULL UNIQUE,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 255),
    server_url text NOT NULL CHECK (server_url LIKE 'https://%'),
    certificate_authority text,
    tls_server_name text,
    namespace text NOT NULL,
    credential_kind text NOT NULL CHECK (credential_kind IN ('TOKEN', 'CLIENT_CERTIFICATE')),
    credential_version integer NOT NULL CHECK (credential_version > 0),
    credential_expires_at timestamptz(3),
    sealed bytea NOT NULL,
    kubernetes_version text,
    access jsonb NOT NULL,
    can_read_secrets boolean NOT NULL,
    warnings text[] NOT NULL,
    checked_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT clusters_name_unique UNIQUE (tenant_id, name)
  )`,
  `CREATE INDEX clusters_by_age ON clusters (tenant_id, created_at DESC, id DESC)`,

  // One tenant_id for both ends: a cluster of another tenant does not fit. A run that has ended outlives its cluster.
  `ALTER TABLE triage_runs ADD COLUMN cluster_id uuid,
    ADD CONSTRAINT triage_runs_cluster FOREIGN KEY (tenant_id, cluster_id) REFERENCES clusters (tenant_id, id)
      ON DELETE SET NULL (cluster_id)`,
  `CREATE INDEX triage_runs_by_cluster ON triage_runs (tenant_id, cluster_id) WHERE cluster_id IS NOT NULL`,
];

interface OwnedKind {
  readonly kind: string;
  /** At most one tenant, from `object_id`. */
  readonly owner: string;
}

const rowOf = (kind: string, table: string): OwnedKind => ({
  kind,
  owner: `SELECT tenant_id FROM ${table} WHERE id = object_id`,
});

/** As the migration before left them. */
const EARLIER_KINDS = [
  rowOf('instance', 'instances'),
  rowOf('triage run', 'triage_runs'),
  rowOf('tool', 'tools'),
  rowOf('agent', 'agents'),
  rowOf('execution', 'execution_logs'),
  {
    kind: 'agent of executions',
    owner: `SELECT tenant_id FROM agents WHERE id = object_id
      UNION ALL SELECT tenant_id FROM execution_logs WHERE agent_id = object_id LIMIT 1`,
  },
];

const CLUSTER_KIND = rowOf('cluster', 'clusters');

/** Asked only on a miss; tells a caller no more of another tenant's object than that it exists. */
const ownershipOf = (kinds: readonly OwnedKind[]): string => `
  CREATE OR REPLACE FUNCTION ownership_of(kind text, tenant text, object_id uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(
      (SELECT CASE WHEN owner = tenant THEN 'OWN' ELSE 'FOREIGN' END FROM (
        SELECT CASE kind ${kinds.map(({ kind, owner }) => `WHEN '${kind}' THEN (${owner})`).join('\n')} END AS owner
      ) AS found WHERE owner IS NOT NULL),
      'NONE')
  $$`;
