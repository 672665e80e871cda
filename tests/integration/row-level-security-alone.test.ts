import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import path from 'node:path';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import type { TestClient } from '../testkit/client.js';
import { AGENTS, createAgent, createTool, runAgent, TOOLS } from '../testkit/platform.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { startTriage, TRIAGE_OUTPUT, TRIAGE_RUN } from '../testkit/triage.js';

jest.setTimeout(120_000);

const logger = pino({ level: 'silent' });
const TENANTS = ['acme', 'globex'] as const;
type Tenant = (typeof TENANTS)[number];

interface Owned {
  readonly client: TestClient;
  readonly toolId: string;
  readonly agentId: string;
  readonly instanceId: string;
  readonly runId: string;
}

/** The product as it is built, with its own scoping switched off. */
let rig: TenantsServer;
let owner: DataSource;
const owned = new Map<Tenant, Owned>();
const of = (tenant: Tenant): Owned => owned.get(tenant)!;
const other = (tenant: Tenant): Tenant => (tenant === 'acme' ? 'globex' : 'acme');

beforeAll(async () => {
  const preload = path.resolve(import.meta.dirname, '../testkit/without-scoping.mjs');
  rig = await startTenantsServer({
    tenants: TENANTS,
    environment: {
      RATE_LIMIT_REQUESTS: '1000000',
      NODE_OPTIONS: `--import=${preload}`,
    },
  });
  const options = { url: rig.databaseUrl, entities: [], migrations: [], logger, poolSize: 1 };
  owner = await createDataSource(options).initialize();
  for (const tenant of TENANTS) owned.set(tenant, await seed(tenant, rig.client(tenant, 'ADMIN')));
});
afterAll(async () => {
  await owner?.destroy();
  await rig?.close();
});

async function seed(tenant: Tenant, client: TestClient): Promise<Owned> {
  const tool = await createTool(client, `${tenant}-tool`, `${tenant}-description`);
  const agent = await createAgent(client, `${tenant}-agent`, [tool.id]);
  await runAgent(client, agent.id, `${tenant}-task`);
  const { createInstance: instance } = await client.ok<{ createInstance: { id: string } }>(
    `mutation ($name: String!) { createInstance(input: { name: $name }) { id } }`,
    { name: `${tenant}-instance` },
  );
  await client.ok(`mutation ($input: ConfigureAiAgentInput!) { configureAiAgent(input: $input) { aiAgent } }`, {
    input: { instanceId: instance.id, aiAgent: 'CLAUDE_CODE', apiKey: `sk-ant-${tenant}-0123456789abcdef0123` },
  });
  await client.ok(`mutation ($id: ID!) { startInstance(id: $id) { state } }`, { id: instance.id });
  const run = await startTriage(client, {
    instanceId: instance.id,
    prompt: `${tenant}-prompt`,
    incident: JSON.stringify({ id: `${tenant}-incident`, fakeAgent: {} }),
  });
  // As it would be registered; nothing here opens its credential.
  await owner.query(
    `INSERT INTO clusters (tenant_id, id, name, server_url, namespace, credential_kind, credential_version, sealed,
      access, can_read_secrets, warnings) VALUES ($1, gen_random_uuid(), $2, 'https://example.com', 'default', 'TOKEN', 1, '', '[]', false, '{}')`,
    [tenant, `${tenant}-cluster`],
  );
  return { client, toolId: tool.id, agentId: agent.id, instanceId: instance.id, runId: run.id };
}

/** Everything that a tenant can list. */
const LISTS = [
  '{ tools { totalCount items { id name description } } }',
  '{ agents { totalCount items { id name tools { id name } } } }',
  '{ executions { totalCount items { id agentName prompt } } }',
  '{ instances { totalCount items { id name aiAgents { configured keyLastFour credentials { version } } } } }',
  '{ triageRuns { totalCount items { id prompt incident } } }',
  '{ clusters { totalCount items { id name } } }',
  '{ auditEvents { totalCount items { id action instanceId keyId } } }',
];

/** What reads or changes one thing by its id; nobody may do it to another tenant's. */
const byId = ({ toolId, agentId, instanceId, runId }: Owned): [string, Record<string, unknown>][] => [
  [TOOLS.get, { id: toolId }],
  [TOOLS.update, { id: toolId, input: { description: 'taken' } }],
  [TOOLS.delete, { id: toolId }],
  [AGENTS.get, { id: agentId }],
  [AGENTS.delete, { id: agentId }],
  ['query ($id: ID!) { instance(id: $id) { name } }', { id: instanceId }],
  ['mutation ($id: ID!) { stopInstance(id: $id) { state } }', { id: instanceId }],
  [TRIAGE_RUN, { id: runId }],
  ['mutation ($id: ID!) { cancelTriage(id: $id) { state } }', { id: runId }],
];

describe('with the scoping of the application switched off', () => {
  it.each(LISTS)('a tenant sees the rows of the other once row-level security is off as well: %s', async (list) => {
    const tables = await owner.query<{ name: string }[]>(
      `SELECT oid::regclass AS name FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace`,
    );
    const switchTo = (state: 'DISABLE' | 'ENABLE') =>
      owner.query(tables.map(({ name }) => `ALTER TABLE ${name} ${state} ROW LEVEL SECURITY`).join('; '));
    const seesOther = async (): Promise<boolean> => {
      const text = JSON.stringify(await of('acme').client.ok(list));
      return text.includes('globex') || idsOf('globex').some((id) => text.includes(id));
    };
    await switchTo('DISABLE');
    const seen = await seesOther().finally(() => switchTo('ENABLE'));
    expect({ without: seen, with: await seesOther() }).toEqual({ without: true, with: false });
  });

  it('two tenants under load over one pool never see or change what is not theirs', async () => {
    const answers = { lists: 0, refusals: 0 };
    const refused = new Set<string>();
    const operate = async (tenant: Tenant, index: number): Promise<void> => {
      const { client } = of(tenant);
      const foreign = byId(of(other(tenant)));
      if (index % 3 === 2) {
        const [statement, variables] = foreign[Math.floor(index / 3) % foreign.length]!;
        const { code } = await client.refused(statement, variables);
        expect({ statement, code }).toEqual({ statement, code: 'FORBIDDEN' });
        answers.refusals += 1;
        refused.add(`${tenant}: ${statement}`);
        return;
      }
      const list = LISTS[index % LISTS.length]!;
      const text = JSON.stringify(await client.ok(list));
      expect(text).not.toContain(other(tenant));
      for (const id of idsOf(other(tenant))) expect(text).not.toContain(id);
      expect(text).not.toContain('"totalCount":0');
      answers.lists += 1;
    };
    const worker = async (tenant: Tenant, first: number): Promise<void> => {
      for (let index = first; index < 600; index += 8) await operate(tenant, index);
    };
    await Promise.all(TENANTS.flatMap((tenant) => Array.from({ length: 8 }, (_, first) => worker(tenant, first))));
    expect(answers).toEqual({ lists: 800, refusals: 400 });
    const all = TENANTS.flatMap((tenant) => byId(of(tenant)).map(([statement]) => `${tenant}: ${statement}`));
    expect([...refused].sort()).toEqual(all.sort());
  });

  it('a subscription follows its own run alone', async () => {
    const { client } = of('acme');
    const follow = async (runId: string): Promise<number> => {
      let end = 0;
      for await (const { triageOutput } of client.subscribe<{ triageOutput: { nextOffset: number } }>(TRIAGE_OUTPUT, {
        runId,
        fromOffset: 0,
      })) {
        end = triageOutput.nextOffset;
      }
      return end;
    };
    expect(await follow(of('acme').runId)).toBeGreaterThan(0);
    await expect(follow(of('globex').runId)).rejects.toThrow('FORBIDDEN');
  });

  it("nothing of either tenant's has changed", async () => {
    for (const tenant of TENANTS) {
      const { client, ...ids } = of(tenant);
      const { tool } = await client.ok<{ tool: object }>(TOOLS.get, { id: ids.toolId });
      expect(tool).toMatchObject({ name: `${tenant}-tool`, description: `${tenant}-description` });
      const { instance } = await client.ok<{ instance: object }>(`{ instance(id: "${ids.instanceId}") { state } }`);
      expect(instance).toEqual({ state: 'RUNNING' });
    }
  });
});

const idsOf = (tenant: Tenant): string[] => {
  const { toolId, agentId, instanceId, runId } = of(tenant);
  return [toolId, agentId, instanceId, runId];
};
