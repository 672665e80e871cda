import { describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Actor } from '../../kernel/actor.js';
import { forbidden, notFound } from '../../kernel/errors.js';
import type { TenantId, ToolId } from '../../kernel/ids.js';
import { Pager } from '../../kernel/pager.js';
import type { Tool } from '../tools/index.js';
import { AgentService } from './agent.service.js';
import type { AgentServiceDependencies } from './agent.service.js';
import type { Agent } from './agent.js';

const actor: Actor = { tenantId: 'acme' as TenantId, role: 'OPERATOR', keyId: 'test' };
const violation = (code: string, constraint: string) => Object.assign(new Error('violation'), { code, constraint });
const now = new Date();
const toolOf = (id: ToolId): Tool => ({ id, name: id, description: '', createdAt: now, updatedAt: now });

type Repository = AgentServiceDependencies['repository'];

/** A repository that remembers agents; single calls can be replaced. */
function service(replaced: Partial<Repository> = {}) {
  const agents = new Map<string, Agent>();
  const calls: string[] = [];
  const repository: Repository = {
    async insert(_, row, toolIds) {
      agents.set(row.id, { ...row, tools: toolIds.map(toolOf), createdAt: now, updatedAt: now });
    },
    async update(_, id, changes, toolIds) {
      calls.push('update');
      const agent = agents.get(id);
      if (agent) agents.set(id, { ...agent, ...changes, ...(toolIds && { tools: toolIds.map(toolOf) }) });
      return agent !== undefined;
    },
    delete: async (_, { id }) => agents.delete(id),
    find: async (_, id) => agents.get(id),
    list: async () => [...agents.values()],
    async count() {
      calls.push('count');
      return agents.size;
    },
    missError: async (_, id) => notFound('agent', id),
    missingTool: async () => undefined,
    ...replaced,
  };
  const pager = new Pager({ masterSecret: randomBytes(32), defaultLimit: 20, maxLimit: 100 });
  const limits = { maxNameLength: 10, maxRoleLength: 5, maxDescriptionLength: 20 };
  return { agents: new AgentService({ repository, pager, limits }), calls };
}

const input = (changes: object = {}) => ({ name: 'n', role: 'r', description: '', toolIds: [], ...changes });

describe('AgentService', () => {
  it('creates with checked texts and tools', async () => {
    const { agents } = service();
    const id = randomUUID();
    const agent = await agents.create(actor, input({ name: ' A ', role: ' r ', toolIds: [id.toUpperCase()] }));
    expect(agent).toMatchObject({ name: 'A', role: 'r', tools: [{ id }] });
    expect(await agents.get(actor, agent.id)).toEqual(agent);
  });

  it('creates and deletes again what Postgres gave up in favour of another', async () => {
    let deadlocks = 0;
    const deadlock = (): Promise<never> => {
      deadlocks += 1;
      return Promise.reject(violation('40P01', ''));
    };
    const { agents } = service();
    const known = await agents.create(actor, input());
    const failing = service({
      insert: () => (deadlocks === 0 ? deadlock() : Promise.resolve()),
      delete: () => (deadlocks === 1 ? deadlock() : Promise.resolve(true)),
      find: () => Promise.resolve(known),
    });
    await failing.agents.create(actor, input());
    expect(await failing.agents.delete(actor, known.id)).toEqual(known);
    expect(deadlocks).toBe(2);
  });

  it('holds texts to the configured lengths', async () => {
    const { agents } = service();
    for (const [field, length] of Object.entries({ name: 10, role: 5, description: 20 })) {
      const attempt = agents.create(actor, input({ [field]: 'x'.repeat(length + 1) }));
      await expect(attempt).rejects.toMatchObject({ details: { path: `input.${field}`, maximum: length } });
    }
  });

  it('tells a taken name and a missing tool from every other failure of the database', async () => {
    const ids = [randomUUID(), randomUUID()] as [string, string];
    const fail = (error: Error, replaced: Partial<Repository> = {}) =>
      service({ insert: () => Promise.reject(error), ...replaced }).agents.create(actor, input({ toolIds: ids }));
    await expect(fail(violation('23505', 'agents_name_unique'))).rejects.toMatchObject({ code: 'DUPLICATE_NAME' });
    await expect(fail(violation('23505', 'agents_pkey'))).rejects.toMatchObject({ code: '23505' });
    const missing = { missingTool: async () => ({ index: 1, error: forbidden('tool', ids[1]) }) };
    await expect(fail(violation('23503', 'agent_tools_tool'), missing)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      details: { path: 'input.toolIds[1]', id: ids[1] },
    });
    await expect(fail(violation('23503', 'agent_tools_tool'))).rejects.toMatchObject({ code: '23503' });
  });

  it('changes only what is given, and writes nothing when nothing is', async () => {
    const { agents, calls } = service();
    const toolIds = [randomUUID()];
    const { id } = await agents.create(actor, input({ toolIds }));
    await agents.update(actor, id, { name: null, toolIds: null });
    expect(calls).toEqual([]);
    expect(await agents.update(actor, id, { role: 'x' })).toMatchObject({
      name: 'n',
      role: 'x',
      tools: [{ id: toolIds[0] }],
    });
    expect(await agents.update(actor, id, { toolIds: [] })).toMatchObject({ role: 'x', tools: [] });
    await expect(agents.update(actor, randomUUID(), { role: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('gives a deleted agent as it was', async () => {
    const { agents } = service();
    const agent = await agents.create(actor, input());
    expect(await agents.delete(actor, agent.id)).toEqual(agent);
    await expect(agents.delete(actor, agent.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('counts a list only when that is asked for', async () => {
    const { agents, calls } = service();
    const list = (withTotal: boolean) => agents.list(actor, {}, {}, { withTotal, toolFields: [] });
    expect(await list(false)).not.toHaveProperty('totalCount');
    expect(calls).toEqual([]);
    expect(await list(true)).toMatchObject({ totalCount: 0 });
  });
});
