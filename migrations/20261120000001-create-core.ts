import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Instances, their AI agents' configurations and credentials, what is pinned, and the triage runs. */
export class CreateCore20261120000001 implements MigrationInterface {
  readonly name = 'CreateCore20261120000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION ownership_of(text, text, uuid)`);
    for (const table of ['triage_runs', 'instance_pins', 'credentials', 'ai_agent_configurations', 'instances']) {
      await queryRunner.query(`DROP TABLE ${table}`);
    }
  }
}

const AI_AGENT = `CHECK (ai_agent IN ('CLAUDE_CODE', 'CODEX_CLI', 'GEMINI_CLI', 'OPENCODE', 'GOOSE'))`;

const UP = [
  `CREATE TABLE instances (
    tenant_id text NOT NULL CHECK (tenant_id <> ''),
    id uuid NOT NULL UNIQUE,
    name text NOT NULL CHECK (name <> ''),
    state text NOT NULL DEFAULT 'STOPPED' CHECK (state IN ('STOPPED', 'RUNNING')),
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz(3),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT instances_name_unique UNIQUE (tenant_id, name),
    CHECK ((state = 'RUNNING') = (started_at IS NOT NULL))
  )`,
  `CREATE INDEX instances_by_age ON instances (tenant_id, created_at DESC, id DESC)`,

  `CREATE TABLE ai_agent_configurations (
    tenant_id text NOT NULL,
    instance_id uuid NOT NULL,
    ai_agent text NOT NULL ${AI_AGENT},
    revision integer NOT NULL CHECK (revision > 0),
    model text,
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, instance_id, ai_agent, revision),
    FOREIGN KEY (tenant_id, instance_id) REFERENCES instances (tenant_id, id)
  )`,

  `CREATE TABLE credentials (
    tenant_id text NOT NULL,
    instance_id uuid NOT NULL,
    ai_agent text NOT NULL ${AI_AGENT},
    version integer NOT NULL CHECK (version > 0),
    state text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'ROTATED', 'REVOKED')),
    sealed bytea NOT NULL,
    fingerprint text NOT NULL,
    last_four text,
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    rotated_at timestamptz(3),
    PRIMARY KEY (tenant_id, instance_id, ai_agent, version),
    FOREIGN KEY (tenant_id, instance_id) REFERENCES instances (tenant_id, id)
  )`,
  `CREATE UNIQUE INDEX credentials_one_active ON credentials (tenant_id, instance_id, ai_agent) WHERE state = 'ACTIVE'`,

  `CREATE TABLE instance_pins (
    tenant_id text NOT NULL,
    instance_id uuid NOT NULL,
    ai_agent text NOT NULL ${AI_AGENT},
    configuration_revision integer NOT NULL,
    credential_version integer NOT NULL,
    pinned_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, instance_id, ai_agent),
    FOREIGN KEY (tenant_id, instance_id, ai_agent, configuration_revision)
      REFERENCES ai_agent_configurations (tenant_id, instance_id, ai_agent, revision),
    FOREIGN KEY (tenant_id, instance_id, ai_agent, credential_version)
      REFERENCES credentials (tenant_id, instance_id, ai_agent, version)
  )`,

  `CREATE TABLE triage_runs (
    tenant_id text NOT NULL,
    id uuid NOT NULL UNIQUE,
    state text NOT NULL DEFAULT 'QUEUED' CHECK (state IN
      ('QUEUED', 'PREPARING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'LOST')),
    instance_id uuid NOT NULL,
    ai_agent text NOT NULL ${AI_AGENT},
    configuration_revision integer NOT NULL,
    credential_version integer NOT NULL,
    model text NOT NULL,
    prompt text NOT NULL,
    incident text NOT NULL,
    allowed_tools text[],
    timeout_seconds integer NOT NULL CHECK (timeout_seconds BETWEEN 1 AND 86400),
    memory_bytes bigint NOT NULL CHECK (memory_bytes > 0),
    debug boolean NOT NULL DEFAULT false,
    idempotency_key text,
    input_digest bytea NOT NULL,
    runtime text NOT NULL CHECK (runtime IN ('DOCKER', 'LOCAL', 'FAKE')),
    model_upstream text NOT NULL CHECK (model_upstream IN ('MOCK', 'HTTP')),
    container_handle text,
    lease_owner text,
    lease_expires_at timestamptz,
    fence bigint NOT NULL DEFAULT 0 CHECK (fence >= 0),
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz(3),
    ended_at timestamptz(3),
    cancel_requested_at timestamptz(3),
    exit_report jsonb,
    exit_code integer,
    reason_code text,
    reason_message text,
    log_bytes bigint NOT NULL DEFAULT 0 CHECK (log_bytes >= 0),
    log_complete boolean NOT NULL DEFAULT false,
    log_truncated boolean NOT NULL DEFAULT false,
    request_count bigint NOT NULL DEFAULT 0,
    error_count bigint NOT NULL DEFAULT 0,
    input_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    cache_read_tokens bigint NOT NULL DEFAULT 0,
    cache_write_tokens bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT triage_runs_idempotency UNIQUE (tenant_id, idempotency_key),
    FOREIGN KEY (tenant_id, instance_id, ai_agent, configuration_revision)
      REFERENCES ai_agent_configurations (tenant_id, instance_id, ai_agent, revision),
    FOREIGN KEY (tenant_id, instance_id, ai_agent, credential_version)
      REFERENCES credentials (tenant_id, instance_id, ai_agent, version),
    CHECK ((ended_at IS NOT NULL) = (state IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'LOST'))),
    CHECK ((lease_owner IS NOT NULL) = (state IN ('PREPARING', 'RUNNING'))),
    CHECK ((lease_owner IS NULL) = (lease_expires_at IS NULL))
  )`,
  `CREATE INDEX triage_runs_by_age ON triage_runs (tenant_id, created_at DESC, id DESC)`,
  `CREATE INDEX triage_runs_by_instance ON triage_runs (tenant_id, instance_id, created_at DESC, id DESC)`,
  `CREATE INDEX triage_runs_queued ON triage_runs (created_at, id) WHERE state = 'QUEUED'`,
  `CREATE INDEX triage_runs_held ON triage_runs (lease_expires_at) WHERE state IN ('PREPARING', 'RUNNING')`,

  // Asked only on a miss; tells a caller no more of another tenant's object than that it exists.
  `CREATE FUNCTION ownership_of(kind text, tenant text, object_id uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(
      (SELECT CASE WHEN owner = tenant THEN 'OWN' ELSE 'FOREIGN' END FROM (
        SELECT tenant_id AS owner FROM instances WHERE kind = 'instance' AND id = object_id
        UNION ALL
        SELECT tenant_id FROM triage_runs WHERE kind = 'triage run' AND id = object_id
      ) AS found),
      'NONE')
  $$`,
];
