import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { callWith, idSlots, slotName } from '../testkit/id-slots.js';
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

const PLAIN: Record<string, string> = { name: 'free', role: 'r', description: 'd', task: 't', model: 'gpt-4o' };

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
    const slot = idSlots(rig.schema).find((each) => slotName(each) === name)!;
    const filler = (field: string) => (field in KINDS ? own[KINDS[field as Slot]] : (PLAIN[field] ?? field));
    const { document, variables } = callWith(rig.schema, slot, ids[KINDS[name]], filler);
    return rig.client('acme').refused(document, variables);
  };

  beforeAll(async () => {
    rig = await startPlatform();
    own = await furnish('acme');
    foreign = await furnish('other');
  });
  afterAll(() => rig.close());

  it('of the schema is tried below', () => {
    expect(idSlots(rig.schema).map(slotName).sort()).toEqual(Object.keys(KINDS).sort());
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
