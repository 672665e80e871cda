import type { BenchDatabase } from './database.js';

/** The tenant of the key that a server without configuration makes. */
export const TENANT = 'demo';
/** Others have the same, so that an index has something to leave out. */
const TENANTS = [TENANT, 'neighbour-1', 'neighbour-2', 'neighbour-3', 'neighbour-4'];

export const AGENTS = 20;
export const TOOLS_PER_AGENT = 3;

/** For each tenant 20 agents with three tools of their own each: a page of some 7.8 kB. */
export async function seedAgents(database: BenchDatabase): Promise<void> {
  await database.query(
    `INSERT INTO agents (tenant_id, id, name, role, description, created_at, updated_at)
     SELECT tenant, gen_random_uuid(), 'Research assistant ' || n, 'researcher', 'Finds, reads and sums up what was written: part ' || n || ' of it',
            timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-01' + n * interval '1 minute'
     FROM unnest($1::text[]) AS tenant, generate_series(1, $2::integer) AS n`,
    [TENANTS, AGENTS],
  );
  await database.query(
    `INSERT INTO tools (tenant_id, id, name, description, created_at, updated_at)
     SELECT tenant, gen_random_uuid(), 'web_search_' || n, 'Searches the web, engine ' || n,
            timestamptz '2026-01-01' + n * interval '1 second', timestamptz '2026-01-01' + n * interval '1 second'
     FROM unnest($1::text[]) AS tenant, generate_series(1, $2::integer) AS n`,
    [TENANTS, AGENTS * TOOLS_PER_AGENT],
  );
  await database.query(
    `INSERT INTO agent_tools (tenant_id, agent_id, tool_id)
     SELECT agent.tenant_id, agent.id, tool.id
     FROM (SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY created_at) AS n FROM agents) AS agent
     JOIN (SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY created_at) AS n FROM tools) AS tool
       ON tool.tenant_id = agent.tenant_id AND (tool.n - 1) / $1::integer = agent.n - 1`,
    [TOOLS_PER_AGENT],
  );
  await database.query('VACUUM ANALYZE');
}

/** For each tenant so many executions, some at the same instant. Needs agents. */
export async function seedExecutions(database: BenchDatabase, count: number): Promise<void> {
  await database.query(
    `INSERT INTO execution_logs (tenant_id, id, agent_id, agent_name, prompt, system_prompt, model, response, created_at)
     SELECT agent.tenant_id, gen_random_uuid(), agent.id, agent.name, 'Find information about subject ' || n,
            repeat('You are a researcher. ', 20), 'gpt-4o', repeat('What was found, in a sentence. ', 20),
            timestamptz '2026-02-01' + (n / 3) * interval '1 second'
     FROM generate_series(1, $1::integer) AS n
     JOIN (SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY created_at) AS number FROM agents) AS agent
       ON agent.number = 1 + n % $2::integer`,
    [count, AGENTS],
  );
  await database.query('VACUUM ANALYZE');
}
