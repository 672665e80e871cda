import { describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Actor } from '../../kernel/actor.js';
import { forbidden, notFound } from '../../kernel/errors.js';
import { newAgentId, newInstanceId, newToolId } from '../../kernel/ids.js';
import type { TenantId } from '../../kernel/ids.js';
import { Pager } from '../../kernel/pager.js';
import type { Agent } from '../agents/index.js';
import { ExecutionService, NO_TOOLS_WARNING } from './execution.service.js';
import type { ExecutionServiceDependencies } from './execution.service.js';
import type { Execution } from './execution.js';
import type { ModelRequest } from './model-adapter.js';

const actor: Actor = { tenantId: 'acme' as TenantId, role: 'OPERATOR', keyId: 'test' };
const now = new Date();
const tool = { id: newToolId(), name: 'search', description: 'Searches', createdAt: now, updatedAt: now };
const agent: Agent = {
  id: newAgentId(),
  name: 'A',
  role: 'r',
  description: '',
  tools: [tool],
  createdAt: now,
  updatedAt: now,
};

const never = new AbortController().signal;
const place = { instanceId: newInstanceId(), aiAgent: 'GOOSE' as const };
const pinned = { ...place, credentialVersion: 1, provider: 'openai' as const, baseUrl: null, providerFeatures: [] };
const usage = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4, reasoningTokens: 5 };

/** A service over memory, with one agent; parts can be replaced. */
function service(
  replaced: Partial<ExecutionServiceDependencies> = {},
  repository: Partial<ExecutionServiceDependencies['repository']> = {},
) {
  const logged: Execution[] = [];
  const asked: ModelRequest[] = [];
  const executions = new ExecutionService({
    repository: {
      async insert(row) {
        logged.push({ ...row, createdAt: now });
        return logged.at(-1)!;
      },
      find: async (_, id) => logged.find((each) => each.id === id),
      list: async () => logged,
      count: async () => logged.length,
      missError: async (_, id) => notFound('execution', id),
      missingAgent: async () => undefined,
      ...repository,
    },
    agents: { get: async () => agent },
    model: {
      async complete(request) {
        asked.push(request);
        return 'an answer';
      },
    },
    pinned: { choose: async () => pinned },
    live: { ask: async () => ({ text: 'a live answer', warnings: ['cut'], usage }) },
    pager: new Pager({ masterSecret: randomBytes(32), defaultLimit: 20, maxLimit: 100 }),
    limits: { allowedModels: ['small', 'large'], maxPromptLength: 10 },
    ...replaced,
  });
  return { executions, logged, asked };
}

const input = (changes: object = {}) => ({ agentId: agent.id, task: 'a task', model: 'small', ...changes });
const list = (executions: ExecutionService, filter: object = {}) =>
  executions.list(actor, filter, {}, { withTotal: false, fields: [] });

describe('ExecutionService', () => {
  it('asks the model with role, tools and task, and logs what it answers', async () => {
    const { executions, logged, asked } = service();
    const execution = await executions.run(actor, input(), never);
    expect(asked).toEqual([
      { model: 'small', agent, task: 'a task', systemPrompt: expect.stringContaining('search: Searches') },
    ]);
    expect(execution).toMatchObject({
      agentId: agent.id,
      agentName: 'A',
      prompt: 'a task',
      systemPrompt: asked[0]!.systemPrompt,
      model: 'small',
      response: 'an answer',
      warnings: [],
      ...{ instanceId: null, aiAgent: null, usage: null },
    });
    expect(logged).toEqual([execution]);
    expect(await executions.get(actor, execution.id)).toEqual(execution);
  });

  it('warns when the agent has no tools', async () => {
    const { executions } = service({ agents: { get: async () => ({ ...agent, tools: [] }) } });
    expect(await executions.run(actor, input(), never)).toMatchObject({ warnings: [NO_TOOLS_WARNING] });
  });

  it('asks the model of an instance when one is named, and logs whose key it was and what it took', async () => {
    const { executions, logged, asked } = service({ agents: { get: async () => ({ ...agent, tools: [] }) } });
    const execution = await executions.run(actor, input(place), never);
    expect(execution).toMatchObject({
      response: 'a live answer',
      warnings: [NO_TOOLS_WARNING, 'cut'],
      ...place,
      usage,
    });
    expect(logged).toEqual([execution]);
    expect(asked).toEqual([]);
  });

  it.each([
    [
      'an AI agent of no instance',
      { aiAgent: 'GOOSE' },
      { code: 'BAD_USER_INPUT', details: { path: 'input.aiAgent' } },
    ],
    [
      'a task that is too long',
      { task: 'x'.repeat(11) },
      { code: 'BAD_USER_INPUT', details: { path: 'input.task', maximum: 10 } },
    ],
    ['a blank task', { task: ' ' }, { code: 'BAD_USER_INPUT', details: { path: 'input.task' } }],
    [
      'another model',
      { model: 'huge' },
      { code: 'INVALID_MODEL', details: { path: 'input.model', validModels: ['small', 'large'] } },
    ],
  ])('asks and logs nothing for %s', async (_, changes, refusal) => {
    const { executions, logged, asked } = service();
    await expect(executions.run(actor, input(changes), never)).rejects.toMatchObject(refusal);
    expect([...logged, ...asked]).toEqual([]);
  });

  it("asks and logs nothing for another tenant's agent", async () => {
    const { executions, logged, asked } = service({
      agents: { get: async (_, id) => Promise.reject(forbidden('agent', id)) },
    });
    await expect(executions.run(actor, input(), never)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect([...logged, ...asked]).toEqual([]);
  });

  it('logs nothing when the model fails', async () => {
    const { executions, logged } = service({ model: { complete: () => Promise.reject(new Error('overloaded')) } });
    await expect(executions.run(actor, input(), never)).rejects.toThrow('overloaded');
    expect(logged).toEqual([]);
  });

  it('logs nothing when the model of an instance fails', async () => {
    const { executions, logged, asked } = service({ live: { ask: () => Promise.reject(new Error('overloaded')) } });
    await expect(executions.run(actor, input(place), never)).rejects.toThrow('overloaded');
    expect([...logged, ...asked]).toEqual([]);
  });

  it('asks whose the agent of a filter is only when nothing is found', async () => {
    const agentId = randomUUID();
    const { executions } = service({}, { missingAgent: async (_, id) => forbidden('agent', id) });
    await expect(list(executions, { agentId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await executions.run(actor, input(), never);
    expect((await list(executions, { agentId })).items).toHaveLength(1);
  });

  it('refuses a filter whose end lies before its beginning', async () => {
    const filter = { from: new Date(2), to: new Date(1) };
    await expect(list(service().executions, filter)).rejects.toMatchObject({ details: { path: 'filter.to' } });
  });
});
