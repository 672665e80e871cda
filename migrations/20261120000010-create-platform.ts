import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The agent platform: tools, agents, which agent has which tool, and the log of executions.
 *
 * Unique names and associations within one tenant are constraints, so that they also hold between statements that race.
 * Lengths here are the most that can be configured; the configured ones are checked by the services.
 */
export class CreatePlatform20261120000010 implements MigrationInterface {
  readonly name = 'CreatePlatform20261120000010';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
    await queryRunner.query(ownershipOf([...CORE_KINDS, ...PLATFORM_KINDS]));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(ownershipOf(CORE_KINDS));
    for (const table of ['execution_logs', 'agent_tools', 'agents', 'tools']) {
      await queryRunner.query(`DROP TABLE ${table}`);
    }
  }
}

const UP = [
  `CREATE TABLE tools (
    tenant_id text NOT NULL CHECK (tenant_id <> ''),
    id uuid NOT NULL UNIQUE,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 255),
    description text NOT NULL CHECK (char_length(description) <= 10000),
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT tools_name_unique UNIQUE (tenant_id, name)
  )`,
  `CREATE INDEX tools_by_age ON tools (tenant_id, created_at DESC, id DESC)`,

  `CREATE TABLE agents (
    tenant_id text NOT NULL CHECK (tenant_id <> ''),
    id uuid NOT NULL UNIQUE,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 255),
    role text NOT NULL CHECK (char_length(role) BETWEEN 1 AND 255),
    description text NOT NULL CHECK (char_length(description) <= 10000),
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT agents_name_unique UNIQUE (tenant_id, name)
  )`,
  `CREATE INDEX agents_by_age ON agents (tenant_id, created_at DESC, id DESC)`,

  // One tenant_id for both ends: a tool of another tenant does not fit. A tool in use cannot be deleted; an agent can.
  `CREATE TABLE agent_tools (
    tenant_id text NOT NULL,
    agent_id uuid NOT NULL,
    tool_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, agent_id, tool_id),
    CONSTRAINT agent_tools_agent FOREIGN KEY (tenant_id, agent_id) REFERENCES agents (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT agent_tools_tool FOREIGN KEY (tenant_id, tool_id) REFERENCES tools (tenant_id, id)
  )`,
  `CREATE INDEX agent_tools_by_tool ON agent_tools (tenant_id, tool_id, agent_id)`,

  // No foreign key to the agent: history survives it, with its id and the name it had.
  `CREATE TABLE execution_logs (
    tenant_id text NOT NULL CHECK (tenant_id <> ''),
    id uuid NOT NULL UNIQUE,
    agent_id uuid NOT NULL,
    agent_name text NOT NULL CHECK (char_length(agent_name) BETWEEN 1 AND 255),
    prompt text NOT NULL CHECK (char_length(prompt) BETWEEN 1 AND 100000),
    system_prompt text NOT NULL,
    model text NOT NULL CHECK (model <> ''),
    response text NOT NULL,
    warnings text[] NOT NULL DEFAULT '{}',
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, id)
  )`,
  `CREATE INDEX execution_logs_by_age ON execution_logs (tenant_id, created_at DESC, id DESC)`,
  `CREATE INDEX execution_logs_by_agent ON execution_logs (agent_id, created_at DESC, id DESC)`,
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

const CORE_KINDS = [rowOf('instance', 'instances'), rowOf('triage run', 'triage_runs')];

const PLATFORM_KINDS = [
  rowOf('tool', 'tools'),
  rowOf('agent', 'agents'),
  rowOf('execution', 'execution_logs'),
  // Agents of which there is only history left count as well.
  {
    kind: 'agent of executions',
    owner: `SELECT tenant_id FROM agents WHERE id = object_id
      UNION ALL SELECT tenant_id FROM execution_logs WHERE agent_id = object_id LIMIT 1`,
  },
];

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
