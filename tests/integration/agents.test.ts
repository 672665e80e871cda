import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TestClient } from '../testkit/client.js';
import {
  AGENTS,
  createAgent,
  createTool,
  listAgents,
  listTools,
  nextMillisecond,
  startPlatform,
  TOOLS,
} from '../testkit/platform.js';
import type { AgentView, PlatformRig } from '../testkit/platform.js';

describe('agents', () => {
  let rig: PlatformRig;
  let acme: TestClient;
  let other: TestClient;
  beforeAll(async () => {
    rig = await startPlatform();
    acme = rig.client('acme');
    other = rig.client('other');
  });
  afterAll(() => rig.close());

  const read = async (client: TestClient, id: string) =>
    (await client.ok<{ agent: AgentView }>(AGENTS.get, { id })).agent;
  const toolNames = ({ tools }: AgentView) => tools.map(({ name }) => name);

  it('are created with their tools, and seen by their tenant alone', async () => {
    const search = await createTool(acme, 'web_search');
    const calculator = await createTool(acme, 'calculator');
    const agent = await createAgent(acme, 'Research Assistant', [search.id, calculator.id]);
    expect(agent).toMatchObject({
      name: 'Research Assistant',
      role: 'researcher',
      description: 'Finds things out',
      tools: [
        { id: calculator.id, name: 'calculator' },
        { id: search.id, name: 'web_search' },
      ],
    });
    expect(await read(acme, agent.id)).toEqual(agent);
    expect(await listAgents(acme)).toEqual({ totalCount: 1, nextCursor: null, items: [agent] });
    expect(await listAgents(other)).toMatchObject({ totalCount: 0, items: [] });
  });

  it("refuse another tenant's read, update and deletion with 403, and unknown ids with 404", async () => {
    const { id } = await createAgent(acme, 'Guarded');
    const input = { name: 'taken over', toolIds: [] };
    for (const operation of [AGENTS.get, AGENTS.update, AGENTS.delete]) {
      expect(await other.refused(operation, { id, input })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
      const unknown = await other.refused(operation, { id: randomUUID(), input });
      expect(unknown).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    }
    expect(await read(acme, id)).toMatchObject({ name: 'Guarded' });
  });

  it('are filtered by the name of a tool, within the tenant', async () => {
    const tenant = rig.client('filters');
    const search = await createTool(tenant, 'search');
    const rare = await createTool(tenant, 'rare');
    await createAgent(tenant, 'A', [search.id, rare.id]);
    await nextMillisecond();
    await createAgent(tenant, 'B', [search.id]);
    await createAgent(tenant, 'C');
    const neighbour = rig.client('filters-neighbour');
    await createAgent(neighbour, 'N', [(await createTool(neighbour, 'search')).id]);

    const of = (toolName: string) => listAgents(tenant, { filter: { toolName } });
    const found = await of('search');
    expect(found).toMatchObject({ totalCount: 2, items: [{ name: 'B' }, { name: 'A' }] });
    expect(found.items.map(toolNames)).toEqual([['search'], ['rare', 'search']]);
    expect(await of('rare')).toMatchObject({ totalCount: 1, items: [{ name: 'A' }] });
    expect(await of('nothing')).toMatchObject({ totalCount: 0, items: [] });
  });

  it("refuse another tenant's tool with 403, an unknown one with 404, and are not created or changed", async () => {
    const tenant = rig.client('borrower');
    const own = await createTool(tenant, 'own');
    const foreign = await createTool(rig.client('lender'), 'foreign');
    const agent = await createAgent(tenant, 'Before', [own.id]);
    const refusals = [
      [foreign.id, { code: 'FORBIDDEN', status: 403 }],
      [randomUUID(), { code: 'NOT_FOUND', status: 404 }],
    ] as const;
    for (const [id, refusal] of refusals) {
      const input = { name: 'After', role: 'r', toolIds: [own.id, id] };
      const expected = { ...refusal, details: { path: 'input.toolIds[1]', id } };
      expect(await tenant.refused(AGENTS.create, { input })).toMatchObject(expected);
      expect(await tenant.refused(AGENTS.update, { id: agent.id, input })).toMatchObject(expected);
    }
    expect(await listAgents(tenant)).toMatchObject({ totalCount: 1, items: [agent] });
  });

  it('are created, read, changed and deleted; their tools stay', async () => {
    const tenant = rig.client('crud');
    const [a, b, c] = [await createTool(tenant, 'a'), await createTool(tenant, 'b'), await createTool(tenant, 'c')];
    const { id } = await createAgent(tenant, 'Draft', [a.id, b.id]);
    const update = async (input: object) =>
      (await tenant.ok<{ updateAgent: AgentView }>(AGENTS.update, { id, input })).updateAgent;

    expect(await update({ name: 'Final', role: ' lead ', description: '' })).toMatchObject({
      name: 'Final',
      role: 'lead',
      description: '',
    });
    expect(toolNames(await update({ toolIds: [b.id, c.id] }))).toEqual(['b', 'c']);
    expect(toolNames(await update({ toolIds: null, name: null }))).toEqual(['b', 'c']);
    expect(toolNames(await update({ toolIds: [] }))).toEqual([]);
    await update({ toolIds: [a.id] });
    expect(await tenant.ok(AGENTS.delete, { id })).toMatchObject({ deleteAgent: { id, tools: [{ name: 'a' }] } });
    expect(await tenant.refused(AGENTS.get, { id })).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    expect(await listTools(tenant)).toMatchObject({ totalCount: 3 });
    expect((await tenant.request(TOOLS.delete, { id: a.id })).status).toBe(200);
  });

  it('refuse a name that another agent of the tenant has with 400, on creation and on change', async () => {
    await createAgent(acme, 'Unique');
    const second = await createAgent(acme, 'Second');
    const input = { name: 'Unique', role: 'r' };
    const refusal = { code: 'DUPLICATE_NAME', status: 400, details: { path: 'input.name', name: 'Unique' } };
    expect(await acme.refused(AGENTS.create, { input })).toMatchObject(refusal);
    expect(await acme.refused(AGENTS.update, { id: second.id, input })).toMatchObject(refusal);
    await expect(createAgent(other, 'Unique')).resolves.toBeDefined();
  });

  it('of one name are created once by fifty calls at the same time', async () => {
    const tenant = rig.client('racers');
    const tool = await createTool(tenant, 'tool');
    const input = { name: 'Contested', role: 'r', toolIds: [tool.id] };
    const replies = await Promise.all(Array.from({ length: 50 }, () => tenant.request(AGENTS.create, { input })));
    const codes = replies.map(({ errors }) => errors?.[0]?.extensions.error_code ?? 'ok');
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'DUPLICATE_NAME')).toHaveLength(49);
    expect(await listAgents(tenant)).toMatchObject({ totalCount: 1, items: [{ tools: [{ id: tool.id }] }] });
  });

  it('never keep a tool that is deleted at the same time', async () => {
    const tenant = rig.client('attachers');
    for (let round = 0; round < 25; round += 1) {
      const tool = await createTool(tenant, `tool ${round}`);
      const input = { name: `Agent ${round}`, role: 'r', toolIds: [tool.id] };
      const [created, deleted] = await Promise.all([
        tenant.request(AGENTS.create, { input }),
        tenant.request(TOOLS.delete, { id: tool.id }),
      ]);
      const codes = [created, deleted].map(({ errors }) => errors?.[0]?.extensions.error_code ?? 'ok');
      expect([
        ['ok', 'TOOL_IN_USE'],
        ['NOT_FOUND', 'ok'],
      ]).toContainEqual(codes);
    }
  });

  it('have the tools of one of two changes made at the same time, never a mixture', async () => {
    const tenant = rig.client('changers');
    const tools = await Promise.all(['a', 'b', 'c', 'd'].map((name) => createTool(tenant, name)));
    const { id } = await createAgent(tenant, 'Contested');
    const ids = tools.map((tool) => tool.id);
    for (let round = 0; round < 10; round += 1) {
      const halves = [ids.slice(0, 2), ids.slice(2)];
      const replies = await Promise.all(
        halves.map((toolIds) => tenant.request(AGENTS.update, { id, input: { toolIds } })),
      );
      expect(replies.map(({ status }) => status)).toEqual([200, 200]);
      expect(['a,b', 'c,d']).toContain(toolNames(await read(tenant, id)).join());
    }
  });

  it('of a list bring the selected fields of their tools, whatever the selection looks like', async () => {
    const tenant = rig.client('selections');
    const tool = await createTool(tenant, 'tool', 'description');
    await createAgent(tenant, 'Agent', [tool.id]);
    const query = `query ($yes: Boolean!, $no: Boolean!) {
      plain: agents { items { name } }
      typename: agents { items { tools { __typename } } }
      aliased: agents { all: items { mine: tools { when: createdAt } } }
      spread: agents { ...Page }
      skipped: agents { items { name tools @skip(if: $yes) { name } } }
      included: agents { items { tools { name @include(if: $no) description @include(if: $yes) } } }
    }
    fragment Page on AgentPage { items { ...Named ... on Agent { tools { updatedAt } } } }
    fragment Named on Agent { tools { id name } }`;
    expect(await tenant.ok(query, { yes: true, no: false })).toEqual({
      plain: { items: [{ name: 'Agent' }] },
      typename: { items: [{ tools: [{ __typename: 'Tool' }] }] },
      aliased: { all: [{ mine: [{ when: tool.createdAt }] }] },
      spread: { items: [{ tools: [{ id: tool.id, name: 'tool', updatedAt: tool.updatedAt }] }] },
      skipped: { items: [{ name: 'Agent' }] },
      included: { items: [{ tools: [{ description: 'description' }] }] },
    });
  });

  it('are read by viewers, written by operators', async () => {
    const viewer = rig.client('acme', 'VIEWER');
    expect((await viewer.request(AGENTS.list)).status).toBe(200);
    const variables = { id: randomUUID(), input: { name: 'x', role: 'r' } };
    for (const operation of [AGENTS.create, AGENTS.update, AGENTS.delete]) {
      expect(await viewer.refused(operation, variables)).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    }
  });

  describe('with bad input', () => {
    const id = randomUUID();
    it.each([
      ['an empty name', { name: '' }, 'input.name'],
      ['a name over 100 characters', { name: 'é'.repeat(101) }, 'input.name'],
      ['a name with a control character', { name: 'a\u009bb' }, 'input.name'],
      ['a blank role', { role: ' ' }, 'input.role'],
      ['a role over 100 characters', { role: 'x'.repeat(101) }, 'input.role'],
      ['a role of two lines', { role: 'a\u2028b' }, 'input.role'],
      ['a description over 1,000 characters', { description: 'x'.repeat(1001) }, 'input.description'],
      ['a description with an escape sequence', { description: '\u001b[2J' }, 'input.description'],
      ['a malformed tool id', { toolIds: [randomUUID(), 'x'] }, 'input.toolIds[1]'],
      ['a tool given twice', { toolIds: [id, randomUUID(), id.toUpperCase()] }, 'input.toolIds[2]'],
      ['more than 25 tools', { toolIds: Array.from({ length: 26 }, () => randomUUID()) }, 'input.toolIds'],
    ])('%s is refused, by its path', async (_, bad, path) => {
      const input = { name: 'n', role: 'r', ...bad };
      const refusal = { code: 'BAD_USER_INPUT', status: 400, details: { path } };
      expect(await acme.refused(AGENTS.create, { input })).toMatchObject(refusal);
      expect(await acme.refused(AGENTS.update, { id: randomUUID(), input })).toMatchObject(refusal);
    });

    it.each([
      [{ limit: 0 }, 'limit'],
      [{ limit: -1 }, 'limit'],
      [{ limit: 101 }, 'limit'],
      [{ offset: -1 }, 'offset'],
      [{ after: 'forged' }, 'after'],
      [{ filter: { toolName: '' } }, 'filter.toolName'],
    ])('a list with %j is refused, by its path', async (variables, path) => {
      const refusal = { code: 'BAD_USER_INPUT', status: 400, details: { path } };
      expect(await acme.refused(AGENTS.list, variables)).toMatchObject(refusal);
    });

    it('a malformed id is refused, by its path', async () => {
      const refusal = { code: 'BAD_USER_INPUT', status: 400, details: { path: 'id' } };
      for (const operation of [AGENTS.get, AGENTS.update, AGENTS.delete]) {
        const variables = { id: `${randomUUID()}0`, input: { name: 'x' } };
        expect(await acme.refused(operation, variables)).toMatchObject(refusal);
      }
    });
  });
});
