import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TestClient } from '../testkit/client.js';
import { createAgent, createTool, listTools, nextMillisecond, startPlatform, TOOLS } from '../testkit/platform.js';
import type { PlatformRig, ToolView } from '../testkit/platform.js';

describe('tools', () => {
  let rig: PlatformRig;
  let acme: TestClient;
  let other: TestClient;
  beforeAll(async () => {
    rig = await startPlatform();
    acme = rig.client('acme');
    other = rig.client('other');
  });
  afterAll(() => rig.close());

  it('are created with an id of their own and seen by their tenant alone', async () => {
    const tool = await createTool(acme, 'web_search', 'Search the web');
    expect(tool).toMatchObject({ name: 'web_search', description: 'Search the web', createdAt: tool.updatedAt });
    expect(tool.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs(Date.now() - Date.parse(tool.createdAt))).toBeLessThan(60_000);
    expect(await acme.ok(TOOLS.get, { id: tool.id })).toEqual({ tool });
    expect(await listTools(acme)).toEqual({ totalCount: 1, nextCursor: null, items: [tool] });
    expect(await listTools(other)).toEqual({ totalCount: 0, nextCursor: null, items: [] });
  });

  it("refuse another tenant's read, update and deletion with 403, and unknown ids with 404", async () => {
    const { id } = await createTool(acme, 'guarded');
    const input = { name: 'taken over' };
    for (const operation of [TOOLS.get, TOOLS.update, TOOLS.delete]) {
      expect(await other.refused(operation, { id, input })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
      const unknown = await other.refused(operation, { id: randomUUID(), input });
      expect(unknown).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    }
    expect(await acme.ok(TOOLS.get, { id })).toMatchObject({ tool: { name: 'guarded' } });
  });

  it('refuse a name that another tool of the tenant has with 400, on creation and on change', async () => {
    await createTool(acme, 'unique');
    const second = await createTool(acme, 'not yet');
    const input = { name: ' unique ', description: '' };
    const refusal = { code: 'DUPLICATE_NAME', status: 400, details: { path: 'input.name', name: 'unique' } };
    expect(await acme.refused(TOOLS.create, { input })).toMatchObject(refusal);
    expect(await acme.refused(TOOLS.update, { id: second.id, input })).toMatchObject(refusal);
    await expect(createTool(other, 'unique')).resolves.toMatchObject({ name: 'unique' });
    await expect(createTool(acme, 'Unique')).resolves.toMatchObject({ name: 'Unique' });
  });

  it('of one tenant alone are listed, newest first', async () => {
    const mine = rig.client('lister');
    const names = ['first', 'second', 'third'];
    for (const name of names) {
      await createTool(mine, name);
      await nextMillisecond();
    }
    await createTool(rig.client('neighbour'), 'theirs');
    const { items, totalCount } = await listTools(mine);
    expect(items.map(({ name }) => name)).toEqual(names.toReversed());
    expect(totalCount).toBe(3);
  });

  it('are created, read, changed and deleted', async () => {
    const created = await createTool(acme, 'draft', 'one\ntwo');
    const input = { name: 'final', description: null };
    const { updateTool } = await acme.ok<{ updateTool: ToolView }>(TOOLS.update, { id: created.id, input });
    expect(updateTool).toMatchObject({ id: created.id, name: 'final', description: 'one\ntwo' });
    expect(Date.parse(updateTool.updatedAt)).toBeGreaterThanOrEqual(Date.parse(created.updatedAt));
    expect(await acme.ok(TOOLS.update, { id: created.id, input: {} })).toEqual({ updateTool });
    expect(await acme.ok(TOOLS.delete, { id: created.id })).toEqual({ deleteTool: updateTool });
    expect(await acme.refused(TOOLS.get, { id: created.id })).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    await expect(createTool(acme, 'final')).resolves.toBeDefined();
  });

  it('are filtered by the name of an agent, within the tenant', async () => {
    const tenant = rig.client('filters');
    const search = await createTool(tenant, 'search');
    await nextMillisecond();
    const read = await createTool(tenant, 'read');
    await createTool(tenant, 'unused');
    await createAgent(tenant, 'Reader', [read.id, search.id]);
    await createAgent(tenant, 'Idle');
    const neighbour = rig.client('filters-neighbour');
    await createAgent(neighbour, 'Reader', [(await createTool(neighbour, 'theirs')).id]);

    const of = (agentName: string) => listTools(tenant, { filter: { agentName } });
    const found = await of('Reader');
    expect(found).toMatchObject({ totalCount: 2, items: [{ name: 'read' }, { name: 'search' }] });
    expect(await of('Idle')).toMatchObject({ totalCount: 0, items: [] });
    expect(await of('reader')).toMatchObject({ totalCount: 0, items: [] });
  });

  it('in use are not deleted: 400 with the dependent agents', async () => {
    const tenant = rig.client('users');
    const tool = await createTool(tenant, 'shared');
    const b = await createAgent(tenant, 'B', [tool.id]);
    const a = await createAgent(tenant, 'A', [tool.id]);
    expect(await tenant.refused(TOOLS.delete, { id: tool.id })).toMatchObject({
      code: 'TOOL_IN_USE',
      status: 400,
      details: {
        id: tool.id,
        agentCount: 2,
        agents: [
          { id: a.id, name: 'A' },
          { id: b.id, name: 'B' },
        ],
      },
    });
    expect(await listTools(tenant)).toMatchObject({ totalCount: 1 });
  });

  it('in use by more than a hundred agents name the first hundred and say how many there are', async () => {
    const tenant = rig.client('many-users');
    const tool = await createTool(tenant, 'popular');
    await rig.owner.query(
      `WITH agent AS (
         INSERT INTO agents (tenant_id, id, name, role, description)
         SELECT 'many-users', gen_random_uuid(), 'agent ' || to_char(n, 'FM000'), 'r', '' FROM generate_series(1, 130) AS n
         RETURNING id)
       INSERT INTO agent_tools (tenant_id, agent_id, tool_id) SELECT 'many-users', id, $1 FROM agent`,
      [tool.id],
    );
    const { details } = await tenant.refused(TOOLS.delete, { id: tool.id });
    const { agents, agentCount } = details as { agents: { name: string }[]; agentCount: number };
    expect([agents.length, agents[0]?.name, agents.at(-1)?.name, agentCount]).toEqual([
      100,
      'agent 001',
      'agent 100',
      130,
    ]);
  });

  it('of one name are created once by fifty calls at the same time', async () => {
    const tenant = rig.client('racers');
    const input = { name: 'contested', description: '' };
    const replies = await Promise.all(Array.from({ length: 50 }, () => tenant.request(TOOLS.create, { input })));
    const outcomes = replies.map(({ status, errors }) => ({ status, code: errors?.[0]?.extensions.error_code }));
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(outcomes.filter(({ status, code }) => status === 400 && code === 'DUPLICATE_NAME')).toHaveLength(49);
    expect(await listTools(tenant)).toMatchObject({ totalCount: 1 });
  });

  it('are kept from another tenant by the database itself, and unique there', async () => {
    const tool = await createTool(rig.client('one'), 'own');
    const agent = await createAgent(rig.client('two'), 'Foreign');
    const link = (tenant: string) =>
      rig.owner.query('INSERT INTO agent_tools (tenant_id, agent_id, tool_id) VALUES ($1, $2, $3)', [
        tenant,
        agent.id,
        tool.id,
      ]);
    await expect(link('one')).rejects.toMatchObject({ constraint: 'agent_tools_agent' });
    await expect(link('two')).rejects.toMatchObject({ constraint: 'agent_tools_tool' });
    const copy = rig.owner.query(
      `INSERT INTO tools (tenant_id, id, name, description) VALUES ('one', gen_random_uuid(), 'own', '')`,
    );
    await expect(copy).rejects.toMatchObject({ constraint: 'tools_name_unique' });
  });

  it('are read by viewers, written by operators', async () => {
    const viewer = rig.client('acme', 'VIEWER');
    expect((await viewer.request(TOOLS.list)).status).toBe(200);
    const input = { name: 'x' };
    expect(await viewer.refused(TOOLS.create, { input })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    const id = randomUUID();
    expect(await viewer.refused(TOOLS.update, { id, input })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    expect(await viewer.refused(TOOLS.delete, { id })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
  });

  describe('with bad input', () => {
    const long = (length: number) => '🔧'.repeat(length);
    it.each([
      ['an empty name', { name: '' }, 'input.name'],
      ['a blank name', { name: ' \u200b\t' }, 'input.name'],
      ['a name over 100 characters', { name: long(101) }, 'input.name'],
      ['a name with a control character', { name: 'a\u0007b' }, 'input.name'],
      ['a name of two lines', { name: 'a\nb' }, 'input.name'],
      ['a name with half a surrogate pair', { name: 'a\ud83d' }, 'input.name'],
      ['a description over 1,000 characters', { name: 'x', description: long(1001) }, 'input.description'],
      ['a description with a NUL', { name: 'x', description: 'a\0b' }, 'input.description'],
    ])('%s is refused, by its path', async (_, input, path) => {
      const refusal = { code: 'BAD_USER_INPUT', status: 400, details: { path } };
      expect(await acme.refused(TOOLS.create, { input })).toMatchObject(refusal);
      expect(await acme.refused(TOOLS.update, { id: randomUUID(), input })).toMatchObject(refusal);
    });

    it('a name of 100 and a description of 1,000 characters outside the basic plane are taken', async () => {
      const tool = await createTool(acme, long(100), long(1000));
      expect(tool).toMatchObject({ name: long(100), description: long(1000) });
    });

    it.each([
      [{ limit: 0 }, 'limit'],
      [{ limit: -1 }, 'limit'],
      [{ limit: 101 }, 'limit'],
      [{ offset: -1 }, 'offset'],
      [{ after: 'forged' }, 'after'],
      [{ after: Buffer.alloc(36).toString('base64url') }, 'after'],
      [{ after: '' }, 'after'],
      [{ filter: { agentName: ' ' } }, 'filter.agentName'],
      [{ filter: { agentName: long(101) } }, 'filter.agentName'],
    ])('a list with %j is refused, by its path', async (variables, path) => {
      const refusal = { code: 'BAD_USER_INPUT', status: 400, details: { path } };
      expect(await acme.refused(TOOLS.list, variables)).toMatchObject(refusal);
    });

    it('a malformed id is refused, by its path', async () => {
      const refusal = { code: 'BAD_USER_INPUT', status: 400, details: { path: 'id' } };
      for (const operation of [TOOLS.get, TOOLS.update, TOOLS.delete]) {
        expect(await acme.refused(operation, { id: '123', input: { name: 'x' } })).toMatchObject(refusal);
      }
    });
  });
});
