import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { MemoryEventBus } from '../../src/adapters/event-bus/index.js';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { StatementSource } from '../../src/adapters/database/statement-source.js';
import { connectDatabase, migrateDatabase } from '../../src/composition/database.js';
import { createPlatform } from '../../src/composition/platform.js';
import { loadConfig } from '../../src/config/index.js';
import type { Config } from '../../src/config/index.js';
import { answerBounds } from '../../src/graphql/answer-bounds.js';
import { buildTriagedSchema } from '../../src/graphql/index.js';
import type { ResolverClass } from '../../src/graphql/index.js';
import { createTriagedServer } from '../../src/http/index.js';
import type { TriagedServerOptions } from '../../src/http/index.js';
import type { Actor, Role } from '../../src/kernel/actor.js';
import type { TenantId } from '../../src/kernel/ids.js';
import { missError } from '../../src/kernel/ownership.js';
import { TestClient } from './client.js';
import { createTestDatabase } from './postgres.js';

const logger = pino({ level: 'silent' });

export interface PlatformRig {
  readonly schema: GraphQLSchema;
  /** Past row-level security: what a test looks at or prepares by itself. */
  readonly owner: DataSource;
  /** As the server has it. */
  readonly dataSource: DataSource;
  /** Runs what is read often. */
  readonly statements: StatementSource;
  /** A client whose key belongs to the tenant; OPERATOR unless told. */
  client(tenant: string, role?: Role): TestClient;
  close(): Promise<void>;
}

export interface PlatformRigOptions {
  readonly limits?: Partial<Config['platform']>;
  readonly rateLimit?: TriagedServerOptions['rateLimit'];
  /** Puts something between the server and its database. */
  readonly databaseUrl?: (url: string) => Promise<string>;
}

/** The agent platform alone, served over real HTTP on a real database. A key is `tenant/role`. */
export async function startPlatform(options: PlatformRigOptions = {}): Promise<PlatformRig> {
  const database = await createTestDatabase();
  const url = (await options.databaseUrl?.(database.url)) ?? database.url;
  await migrateDatabase(url, logger);
  const owner = await createDataSource({ url, entities: [], migrations: [], logger, poolSize: 2 }).initialize();
  const { dataSource, workerSource } = await connectDatabase(url, logger, 8);
  const statements = new StatementSource(dataSource);
  const limits = { ...loadConfig({}).platform, ...options.limits };
  const elsewhere = () => Promise.reject(new Error('no instance of this server has a model'));
  const { resolvers } = createPlatform({
    ...{ dataSource, statements, masterSecret: randomBytes(32), limits },
    instances: {
      requireOwn: async ({ tenantId }, id) => Promise.reject(await missError(dataSource, 'instance', tenantId, id)),
      isRunning: async () => false,
    },
    credentials: { open: elsewhere, isRevoked: elsewhere },
    bus: new MemoryEventBus(),
    gateway: { handle: elsewhere },
  });
  const classes = resolvers.map((each) => [each.constructor as unknown as ResolverClass, each] as const);
  const schema = buildTriagedSchema({ resolvers: new Map<ResolverClass, object>(classes) });
  const server = await createTriagedServer({
    schema,
    bounds: answerBounds(limits),
    authenticate: holderOf,
    readiness: async () => ({ ok: true, reasons: [] }),
    allowedOrigins: [],
    logger,
    isProduction: false,
    dashboardDirectory: path.resolve(import.meta.dirname, '../../dist/dashboard'),
    playgroundDirectory: path.resolve(import.meta.dirname, '../../dist/playground'),
    ...(options.rateLimit && { rateLimit: options.rateLimit }),
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return {
    schema,
    owner,
    dataSource,
    statements,
    client: (tenant, role = 'OPERATOR') => new TestClient(`http://127.0.0.1:${port}`, `${tenant}/${role}`),
    async close() {
      await server.close(2_000);
      await Promise.all([owner, dataSource, workerSource].map((source) => source.destroy()));
      await database.close();
    },
  };
}

function holderOf(key: string): Actor | undefined {
  const [tenant = '', role = ''] = key.split('/');
  return tenant === '' ? undefined : { tenantId: tenant as TenantId, role: role as Role, keyId: `tri_${tenant}` };
}

export interface ToolView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface AgentView {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly description: string;
  readonly tools: readonly { readonly id: string; readonly name: string }[];
}

export interface ExecutionView {
  readonly id: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly prompt: string;
  readonly systemPrompt: string;
  readonly model: string;
  readonly response: string;
  readonly warnings: readonly string[];
  readonly createdAt: string;
}

const TOOL = 'id name description createdAt updatedAt';
const AGENT = 'id name role description tools { id name } createdAt updatedAt';
const EXECUTION = 'id agentId agentName prompt systemPrompt model response warnings createdAt';

export const TOOLS = {
  create: `mutation ($input: CreateToolInput!) { createTool(input: $input) { ${TOOL} } }`,
  update: `mutation ($id: ID!, $input: UpdateToolInput!) { updateTool(id: $id, input: $input) { ${TOOL} } }`,
  delete: `mutation ($id: ID!) { deleteTool(id: $id) { ${TOOL} } }`,
  get: `query ($id: ID!) { tool(id: $id) { ${TOOL} } }`,
  list: `query ($filter: ToolFilter, $limit: Int, $offset: Int, $after: String) {
    tools(filter: $filter, limit: $limit, offset: $offset, after: $after) { totalCount nextCursor items { ${TOOL} } } }`,
};
export const AGENTS = {
  create: `mutation ($input: CreateAgentInput!) { createAgent(input: $input) { ${AGENT} } }`,
  update: `mutation ($id: ID!, $input: UpdateAgentInput!) { updateAgent(id: $id, input: $input) { ${AGENT} } }`,
  delete: `mutation ($id: ID!) { deleteAgent(id: $id) { ${AGENT} } }`,
  get: `query ($id: ID!) { agent(id: $id) { ${AGENT} } }`,
  list: `query ($filter: AgentFilter, $limit: Int, $offset: Int, $after: String) {
    agents(filter: $filter, limit: $limit, offset: $offset, after: $after) { totalCount nextCursor items { ${AGENT} } } }`,
};
export const EXECUTIONS = {
  run: `mutation ($input: RunAgentInput!) { runAgent(input: $input) { ${EXECUTION} } }`,
  get: `query ($id: ID!) { execution(id: $id) { ${EXECUTION} } }`,
  list: `query ($filter: ExecutionFilter, $limit: Int, $offset: Int, $after: String) {
    executions(filter: $filter, limit: $limit, offset: $offset, after: $after) {
      totalCount nextCursor items { ${EXECUTION} } } }`,
};

export interface PageView<T> {
  readonly totalCount: number;
  readonly nextCursor: string | null;
  readonly items: readonly T[];
}

export async function createTool(client: TestClient, name: string, description = ''): Promise<ToolView> {
  return (await client.ok<{ createTool: ToolView }>(TOOLS.create, { input: { name, description } })).createTool;
}

export async function createAgent(client: TestClient, name: string, toolIds: readonly string[] = []) {
  const input = { name, role: 'researcher', description: 'Finds things out', toolIds };
  return (await client.ok<{ createAgent: AgentView }>(AGENTS.create, { input })).createAgent;
}

export async function runAgent(client: TestClient, agentId: string, task: string, model = 'gpt-4o') {
  const input = { agentId, task, model };
  return (await client.ok<{ runAgent: ExecutionView }>(EXECUTIONS.run, { input })).runAgent;
}

export async function listTools(client: TestClient, variables: Record<string, unknown> = {}) {
  return (await client.ok<{ tools: PageView<ToolView> }>(TOOLS.list, variables)).tools;
}

export async function listAgents(client: TestClient, variables: Record<string, unknown> = {}) {
  return (await client.ok<{ agents: PageView<AgentView> }>(AGENTS.list, variables)).agents;
}

export async function listExecutions(client: TestClient, variables: Record<string, unknown> = {}) {
  return (await client.ok<{ executions: PageView<ExecutionView> }>(EXECUTIONS.list, variables)).executions;
}

/** Times are kept in milliseconds; what is created after this is newer. */
export const nextMillisecond = () => sleep(2);
