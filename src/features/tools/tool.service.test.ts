import { describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Actor } from '../../kernel/actor.js';
import { notFound } from '../../kernel/errors.js';
import type { TenantId } from '../../kernel/ids.js';
import { Pager } from '../../kernel/pager.js';
import { ToolService } from './tool.service.js';
import type { ToolServiceDependencies } from './tool.service.js';
import type { Tool } from './tool.js';

const actor: Actor = { tenantId: 'acme' as TenantId, role: 'OPERATOR', keyId: 'test' };

/** As the driver reports a broken constraint. */
const violation = (code: string, constraint: string) => Object.assign(new Error('violation'), { code, constraint });

type Repository = ToolServiceDependencies['repository'];

/** A repository that remembers tools; single calls can be replaced. */
function service(replaced: Partial<Repository> = {}) {
  const tools = new Map<string, Tool>();
  const calls: string[] = [];
  const repository: Repository = {
    async insert(_, row) {
      const tool = { ...row, createdAt: new Date(), updatedAt: new Date() };
      tools.set(row.id, tool);
      return tool;
    },
    async update(_, id, changes) {
      calls.push('update');
      const tool = tools.get(id);
      if (tool) tools.set(id, { ...tool, ...changes });
      return tool !== undefined;
    },
    delete: async (_, { id }) => tools.delete(id),
    find: async (_, id) => tools.get(id),
    list: async () => [...tools.values()],
    async count() {
      calls.push('count');
      return tools.size;
    },
    agentsThatHave: async () => ({ agents: [], agentCount: 0 }),
    missError: async (_, id) => notFound('tool', id),
    ...replaced,
  };
  const pager = new Pager({ masterSecret: randomBytes(32), defaultLimit: 20, maxLimit: 100 });
  const limits = { maxNameLength: 10, maxDescriptionLength: 20 };
  return { tools: new ToolService({ repository, pager, limits }), calls };
}

describe('ToolService', () => {
  it('creates with the checked name', async () => {
    const { tools } = service();
    const tool = await tools.create(actor, { name: ' search ', description: ' kept ' });
    expect(tool).toMatchObject({ name: 'search', description: ' kept ' });
    expect(await tools.get(actor, tool.id.toUpperCase())).toEqual(tool);
  });

  it('holds names and descriptions to the configured lengths', async () => {
    const { tools } = service();
    const create = (name: string, description: string) => tools.create(actor, { name, description });
    await expect(create('x'.repeat(11), '')).rejects.toMatchObject({ details: { path: 'input.name', maximum: 10 } });
    await expect(create('x', 'x'.repeat(21))).rejects.toMatchObject({
      details: { path: 'input.description', maximum: 20 },
    });
  });

  it('tells a taken name from every other failure of the database', async () => {
    const fail = (error: Error) =>
      service({ insert: () => Promise.reject(error) }).tools.create(actor, { name: 'x', description: '' });
    await expect(fail(violation('23505', 'tools_name_unique'))).rejects.toMatchObject({ code: 'DUPLICATE_NAME' });
    await expect(fail(violation('23505', 'tools_pkey'))).rejects.toMatchObject({ code: '23505' });
    await expect(fail(new Error('away'))).rejects.toThrow('away');
  });

  it('changes only what is given, and writes nothing when nothing is', async () => {
    const { tools, calls } = service();
    const { id } = await tools.create(actor, { name: 'a', description: 'b' });
    expect(await tools.update(actor, id, { name: null })).toMatchObject({ name: 'a', description: 'b' });
    expect(calls).toEqual([]);
    expect(await tools.update(actor, id, { description: '' })).toMatchObject({ name: 'a', description: '' });
    expect(calls).toEqual(['update']);
    await expect(tools.update(actor, randomUUID(), { name: 'c' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(tools.update(actor, randomUUID(), {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('names the agents that keep a tool from being deleted', async () => {
    const agents = [{ id: 'a', name: 'A' }];
    const { tools } = service({
      delete: () => Promise.reject(violation('23503', 'agent_tools_tool')),
      agentsThatHave: async () => ({ agents, agentCount: 7 }),
    });
    const { id } = await tools.create(actor, { name: 'used', description: '' });
    await expect(tools.delete(actor, id)).rejects.toMatchObject({
      code: 'TOOL_IN_USE',
      details: { id, agents, agentCount: 7 },
    });
  });

  it('gives up on a tool that agents let go of and take up again each time', async () => {
    let attempts = 0;
    const { tools } = service({
      delete: () => {
        attempts += 1;
        return Promise.reject(violation('23503', 'agent_tools_tool'));
      },
      agentsThatHave: async () => ({ agents: [], agentCount: 0 }),
    });
    const { id } = await tools.create(actor, { name: 'wanted', description: '' });
    await expect(tools.delete(actor, id)).rejects.toMatchObject({ code: 'TOOL_IN_USE' });
    expect(attempts).toBe(3);
  });

  it('deletes a tool after all when its last agent lets go of it meanwhile', async () => {
    let attempts = 0;
    const { tools } = service({
      delete: async () => {
        attempts += 1;
        if (attempts === 1) throw violation('23503', 'agent_tools_tool');
        return true;
      },
    });
    const tool = await tools.create(actor, { name: 'freed', description: '' });
    expect(await tools.delete(actor, tool.id)).toEqual(tool);
    expect(attempts).toBe(2);
  });

  it('reports a tool that somebody else deletes first as gone', async () => {
    const { tools } = service({ delete: async () => false });
    const { id } = await tools.create(actor, { name: 'gone', description: '' });
    await expect(tools.delete(actor, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('counts a list only when that is asked for', async () => {
    const { tools, calls } = service();
    await tools.create(actor, { name: 'a', description: '' });
    expect(await tools.list(actor, {}, {}, { withTotal: false })).not.toHaveProperty('totalCount');
    expect(calls).toEqual([]);
    expect(await tools.list(actor, {}, {}, { withTotal: true })).toMatchObject({ totalCount: 1 });
  });
});
