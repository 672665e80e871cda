// What every peer serves alike: the schema, the statements, the pool, and how its port is told.
import { availableParallelism } from 'node:os';
import pg from 'pg';

export const typeDefs = `
  type Query { agents(limit: Int! = 20): AgentPage! }
  type AgentPage { items: [Agent!]! }
  type Agent { id: ID! name: String! role: String! description: String! tools: [Tool!]! }
  type Tool { id: ID! name: String! description: String! }
`;

const tenantId = process.env.BENCH_TENANT;

/** As the product: more connections than twice the cores make it slower. */
export const poolSize = 2 * availableParallelism();
export const connectionString = process.env.DATABASE_URL;
export const createPool = () => new pg.Pool({ connectionString, max: poolSize });

export async function readAgents(pool, limit) {
  const { rows } = await pool.query(
    `SELECT id, name, role, description FROM agents WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`,
    [tenantId, limit],
  );
  return rows;
}

/** The tools of each agent, in the order of the ids. */
export async function readToolsOf(pool, agentIds) {
  const { rows } = await pool.query(
    `SELECT link.agent_id AS "agentId", tool.id, tool.name, tool.description
     FROM agent_tools AS link JOIN tools AS tool ON tool.tenant_id = link.tenant_id AND tool.id = link.tool_id
     WHERE link.tenant_id = $1 AND link.agent_id = ANY ($2::uuid[]) ORDER BY tool.name COLLATE "C"`,
    [tenantId, agentIds],
  );
  const byAgent = Map.groupBy(rows, ({ agentId }) => agentId);
  return agentIds.map((id) => byAgent.get(id) ?? []);
}

/** Tells the benchmark, and ends with it. */
export function announce(port) {
  process.stdout.write(`${JSON.stringify({ port })}\n`);
  process.stdin.resume().on('end', () => process.exit(0));
}

export function listen(server) {
  server.listen(0, '127.0.0.1', () => announce(server.address().port));
}
