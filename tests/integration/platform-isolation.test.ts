import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';
import { randomUUID } from 'node:crypto';
import {
  createAgent,
  createTool,
  listAgents,
  listExecutions,
  listTools,
  runAgent,
  startPlatform,
} from '../testkit/platform.js';
import type { PlatformRig } from '../testkit/platform.js';
import { callOf, idPaths, rootFields } from '../testkit/schema-calls.js';

/** What the id of each place names. A place that is missing here, or is no more, fails the first test. */
const KINDS = {
  'tool(id)': 'tool',
  'updateTool(id)': 'tool',
  'deleteTool(id)': 'tool',
  'agent(id)': 'agent',
  'updateAgent(id)': 'agent',
  'deleteAgent(id)': 'agent',
  'createAgent(input.toolIds)': 'tool',
  'updateAgent(input.toolIds)': 'tool',
  'runAgent(input.agentId)': 'agent',
  'runAgent(input.instanceId)': 'instance',
  'execution(id)': 'execution',
  'executions(filter.agentId)': 'agent',
} as const;
type Slot = keyof typeof KINDS;
type Objects = Record<'tool' | 'agent' | 'execution' | 'instance', string>;

/** Where a sample of the type is refused before anybody asks whose the id is. */
const PLAIN: Readonly<Record<string, readonly (readonly [string, unknown])[]>> = {
  runAgent: [['input.model', 'gpt-4o']],
};

const slotsOf = (schema: GraphQLSchema) =>
  rootFields(schema).flatMap((root) =>
    idPaths(root).map((path) => ({ root, path, name: `${root.field.name}(${path})` as Slot })),
  );

describe('each place for an id', () => {
  let rig: PlatformRig;
  let own: Objects;
  let foreign: Objects;

  const furnish = async (tenant: string): Promise<Objects> => {
    const client = rig.client(tenant);
    const tool = await createTool(client, 'tool');
    const agent = await createAgent(client, 'agent', [tool.id]);
    const [{ id: instance }] = await rig.owner.query<[{ id: string }]>(
      `INSERT INTO instances (tenant_id, id, name) VALUES ($1, gen_random_uuid(), 'instance') RETURNING id`,
      [tenant],
    );
    return { tool: tool.id, agent: agent.id, execution: (await runAgent(client, agent.id, 'task')).id, instance };
  };
  const everything = async (tenant: string) => {
    const client = rig.client(tenant);
    return [await listTools(client), await listAgents(client), await listExecutions(client)];
  };
  const refusedWith = (name: Slot, ids: Objects) => {
    const slots = slotsOf(rig.schema);
    const { root } = slots.find((each) => each.name === name)!;
    // No instance of this platform has a model: none is named but where its id is tried.
    const given = slots.filter((each) => each.root === root && (each.name === name || KINDS[each.name] !== 'instance'));
    const values = given.map(
      (each) => [each.path, each.name === name ? ids[KINDS[name]] : own[KINDS[each.name]]] as const,
    );
    const { query, variables } = callOf(root, new Map([...(PLAIN[root.field.name] ?? []), ...values]));
    return rig.client('acme').refused(query, variables);
  };

  beforeAll(async () => {
    rig = await startPlatform();
    own = await furnish('acme');
    foreign = await furnish('other');
  });
  afterAll(() => rig.close());

  it('of the schema is tried below', () => {
    expect(
      slotsOf(rig.schema)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(KINDS).sort());
  });

  it.each(Object.keys(KINDS) as Slot[])("%s refuses another tenant's with 403, and changes nothing", async (name) => {
    const before = [await everything('acme'), await everything('other')];
    expect(await refusedWith(name, foreign)).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    expect([await everything('acme'), await everything('other')]).toEqual(before);
  });

  it.each(Object.keys(KINDS) as Slot[])('%s refuses an unknown one with 404', async (name) => {
    const unknown = { tool: randomUUID(), agent: randomUUID(), execution: randomUUID(), instance: randomUUID() };
    expect(await refusedWith(name, unknown)).toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });
});
