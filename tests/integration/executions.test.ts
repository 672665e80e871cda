import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TestClient } from '../testkit/client.js';
import {
  AGENTS,
  createAgent,
  createTool,
  EXECUTIONS,
  listExecutions,
  nextMillisecond,
  runAgent,
  startPlatform,
  TOOLS,
} from '../testkit/platform.js';
import type { AgentView, PlatformRig } from '../testkit/platform.js';

const MODELS = ['gpt-4o', 'gpt-4', 'gpt-3.5-turbo', 'claude-3-opus', 'claude-3-sonnet'];

describe('executions', () => {
  let rig: PlatformRig;
  let acme: TestClient;
  let other: TestClient;
  let agent: AgentView;
  beforeAll(async () => {
    rig = await startPlatform();
    acme = rig.client('acme');
    other = rig.client('other');
    const tool = await createTool(acme, 'web_search', 'Search the web');
    agent = await createAgent(acme, 'Research Assistant', [tool.id]);
  });
  afterAll(() => rig.close());

  it('answer a task as the agent with its tools, and are logged', async () => {
    const execution = await runAgent(acme, agent.id, 'Find information about Python');
    expect(execution).toMatchObject({
      agentId: agent.id,
      agentName: 'Research Assistant',
      prompt: 'Find information about Python',
      model: 'gpt-4o',
      warnings: [],
    });
    for (const part of ['Research Assistant', 'researcher', 'web_search', 'gpt-4o', 'Find information about Python']) {
      expect(execution.response).toContain(part);
    }
    for (const part of ['researcher', 'web_search: Search the web', 'Find information about Python']) {
      expect(execution.systemPrompt).toContain(part);
    }
    expect(await acme.ok(EXECUTIONS.get, { id: execution.id })).toEqual({ execution });
    expect((await listExecutions(acme)).items).toContainEqual(execution);
  });

  it('of the same agent, task and model answer the same, each logged on its own', async () => {
    const runs = await Promise.all(Array.from({ length: 5 }, () => runAgent(acme, agent.id, 'Again?')));
    expect(new Set(runs.map(({ response }) => response)).size).toBe(1);
    expect(new Set(runs.map(({ id }) => id)).size).toBe(5);
    const different = await runAgent(acme, agent.id, 'Again?', 'claude-3-opus');
    expect(different.response).not.toBe(runs[0]!.response);
  });

  it('with a model that is not allowed are refused with 400 and the valid ones, and not logged', async () => {
    const before = (await listExecutions(acme)).totalCount;
    for (const model of ['gpt-5', 'GPT-4o', '', 'constructor']) {
      const input = { agentId: agent.id, task: 'x', model };
      expect(await acme.refused(EXECUTIONS.run, { input })).toMatchObject({
        code: 'INVALID_MODEL',
        status: 400,
        details: { path: 'input.model', validModels: MODELS },
      });
    }
    expect((await listExecutions(acme)).totalCount).toBe(before);
    for (const model of MODELS) expect(await runAgent(acme, agent.id, 'x', model)).toMatchObject({ model });
  });

  it('of an agent without tools pass, with a warning', async () => {
    const bare = await createAgent(acme, 'Bare');
    const execution = await runAgent(acme, bare.id, 'Do without');
    expect(execution.warnings).toEqual([expect.stringContaining('No tools are available')]);
    expect(await acme.ok(EXECUTIONS.get, { id: execution.id })).toEqual({ execution });
  });

  it('use the agent and its tools as they are at that time', async () => {
    const tenant = rig.client('changing');
    const tool = await createTool(tenant, 'old_name');
    const { id } = await createAgent(tenant, 'Old', [tool.id]);
    const before = await runAgent(tenant, id, 'x');
    await tenant.ok(TOOLS.update, { id: tool.id, input: { name: 'new_name' } });
    await tenant.ok(AGENTS.update, { id, input: { name: 'New' } });
    const after = await runAgent(tenant, id, 'x');
    expect(before).toMatchObject({ agentName: 'Old', response: expect.stringContaining('old_name') });
    expect(after).toMatchObject({ agentName: 'New', response: expect.stringContaining('new_name') });
    expect(await tenant.ok(EXECUTIONS.get, { id: before.id })).toEqual({ execution: before });
  });

  it('survive the deletion of their agent, with the name it had', async () => {
    const tenant = rig.client('survivor');
    const { id } = await createAgent(tenant, 'Mortal');
    const execution = await runAgent(tenant, id, 'Last words');
    await tenant.ok(AGENTS.delete, { id });
    expect(await tenant.ok(EXECUTIONS.get, { id: execution.id })).toEqual({ execution });
    const filter = { agentId: id };
    expect(await listExecutions(tenant, { filter })).toMatchObject({ totalCount: 1, items: [{ agentName: 'Mortal' }] });
    const late = { ...filter, from: new Date(Date.parse(execution.createdAt) + 1).toISOString() };
    expect(await listExecutions(tenant, { filter: late })).toMatchObject({ totalCount: 0, items: [] });
    expect(await other.refused(EXECUTIONS.list, { filter })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
  });

  it("refuse another tenant's agent and execution with 403, unknown ones with 404", async () => {
    const { id } = await runAgent(acme, agent.id, 'x');
    const attempts = (agentId: string, executionId: string) => [
      other.refused(EXECUTIONS.run, { input: { agentId, task: 'x', model: 'gpt-4o' } }),
      other.refused(EXECUTIONS.get, { id: executionId }),
      other.refused(EXECUTIONS.list, { filter: { agentId } }),
    ];
    for (const attempt of attempts(agent.id, id)) {
      expect(await attempt).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    }
    for (const attempt of attempts(randomUUID(), randomUUID())) {
      expect(await attempt).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    }
  });

  it("of other tenants are never in a tenant's history", async () => {
    const mine = rig.client('mine');
    const theirs = rig.client('theirs');
    const own = await runAgent(mine, (await createAgent(mine, 'A')).id, 'mine');
    const foreign = await runAgent(theirs, (await createAgent(theirs, 'A')).id, 'theirs');
    expect(await listExecutions(mine)).toEqual({ totalCount: 1, nextCursor: null, items: [own] });
    expect(await listExecutions(theirs)).toEqual({ totalCount: 1, nextCursor: null, items: [foreign] });
  });

  it('are listed newest first, and filtered by agent, model and time', async () => {
    const tenant = rig.client('filters');
    const [a, b] = [await createAgent(tenant, 'A'), await createAgent(tenant, 'B')];
    const run = async (id: string, task: string, model: string) => {
      await nextMillisecond();
      return runAgent(tenant, id, task, model);
    };
    await run(a.id, 'one', 'gpt-4');
    const two = await run(b.id, 'two', 'gpt-4o');
    const three = await run(a.id, 'three', 'gpt-4o');
    const tasks = async (filter: object) =>
      (await listExecutions(tenant, { filter })).items.map(({ prompt }) => prompt);
    expect(await tasks({})).toEqual(['three', 'two', 'one']);
    expect(await tasks({ agentId: a.id })).toEqual(['three', 'one']);
    expect(await tasks({ model: 'gpt-4o' })).toEqual(['three', 'two']);
    expect(await tasks({ model: 'retired' })).toEqual([]);
    expect(await tasks({ from: two.createdAt, to: three.createdAt })).toEqual(['two']);
    expect(await tasks({ from: two.createdAt, agentId: a.id, model: null })).toEqual(['three']);
  });

  it('are run by operators and read by viewers', async () => {
    const viewer = rig.client('acme', 'VIEWER');
    expect((await viewer.request(EXECUTIONS.list)).status).toBe(200);
    const input = { agentId: agent.id, task: 'x', model: 'gpt-4o' };
    expect(await viewer.refused(EXECUTIONS.run, { input })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
  });

  describe('with bad input', () => {
    it.each([
      ['an empty task', { task: '' }, 'input.task'],
      ['a blank task', { task: ' \n\u200b' }, 'input.task'],
      ['a task with a control character', { task: 'a\u001b[31mb' }, 'input.task'],
      ['a malformed agent id', { agentId: 'x' }, 'input.agentId'],
    ])('%s is refused, by its path', async (_, bad, path) => {
      const input = { agentId: randomUUID(), task: 'x', model: 'gpt-4o', ...bad };
      const refusal = { code: 'BAD_USER_INPUT', status: 400, details: { path } };
      expect(await acme.refused(EXECUTIONS.run, { input })).toMatchObject(refusal);
    });

    it('a prompt over 10,000 characters is refused', async () => {
      const input = { agentId: agent.id, task: '🐍'.repeat(10_001), model: 'gpt-4o' };
      expect(await acme.refused(EXECUTIONS.run, { input })).toMatchObject({
        code: 'BAD_USER_INPUT',
        status: 400,
        details: { path: 'input.task', maximum: 10_000, length: 10_001 },
      });
    });

    it('a prompt of 10,000 characters outside the basic plane, with tabs and lines, is taken', async () => {
      const task = `a\tb\r\nc\n${'🐍'.repeat(9_993)}`;
      expect(await runAgent(acme, agent.id, task)).toMatchObject({ prompt: task });
    });

    it.each([
      [{ limit: 0 }, 'limit'],
      [{ limit: -1 }, 'limit'],
      [{ limit: 101 }, 'limit'],
      [{ offset: -1 }, 'offset'],
      [{ after: 'Zm9yZ2Vk' }, 'after'],
      [{ filter: { agentId: 'x' } }, 'filter.agentId'],
      [{ filter: { model: '' } }, 'filter.model'],
      [{ filter: { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' } }, 'filter.to'],
      [{ filter: { from: 'yesterday' } }, 'filter.from'],
    ])('a list with %j is refused, by its path', async (variables, path) => {
      const refusal = { code: 'BAD_USER_INPUT', status: 400, details: { path } };
      expect(await acme.refused(EXECUTIONS.list, variables)).toMatchObject(refusal);
    });

    it('a malformed id is refused, by its path', async () => {
      const refusal = { code: 'BAD_USER_INPUT', status: 400, details: { path: 'id' } };
      expect(await acme.refused(EXECUTIONS.get, { id: 'x' })).toMatchObject(refusal);
    });
  });
});
