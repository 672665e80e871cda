import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunFilter } from '../../src/features/triage/index.js';
import type { Actor } from '../../src/kernel/actor.js';
import { TriagedError } from '../../src/kernel/errors.js';
import { newInstanceId, newRunId } from '../../src/kernel/ids.js';
import type { Page, PageArguments } from '../../src/kernel/pager.js';
import { actorOf, API_KEY, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';

const acme = actorOf('acme');
const other = actorOf('other');

describe('starting, listing and cancelling triage runs, with no worker about', () => {
  let rig: DomainRig;
  let server: DomainServer;
  let instanceId: string;
  beforeAll(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
    instanceId = await server.startedInstance(acme);
  });
  afterAll(() => rig.close());

  const count = async (actor: Actor, filter: RunFilter = {}): Promise<number> =>
    (await server.history.page(actor, filter, { limit: 1 }, { withTotal: true })).totalCount!;
  const page = (actor: Actor, filter: RunFilter, args: PageArguments) =>
    server.history.page(actor, filter, args, { withTotal: false });
  const rows = () => count(acme);

  it('queues a run with what the start pinned and with the defaults', async () => {
    const run = await server.startRun(acme, instanceId);
    expect(run).toMatchObject({
      state: 'QUEUED',
      model: 'sonnet',
      timeoutSeconds: 600,
      memoryBytes: 2 * 1024 ** 3,
      credentialVersion: 1,
      configurationRevision: 1,
      runtime: 'FAKE',
      modelUpstream: 'MOCK',
      startedAt: null,
      fence: 0,
    });
  });

  it("takes the model of the run before the instance's, and the instance's before the default", async () => {
    const { instance } = await server.instances.create(acme, 'models');
    const input = { instanceId: instance.id, aiAgent: 'CLAUDE_CODE', apiKey: API_KEY, model: 'opus' } as const;
    await server.aiAgents.configure(acme, input);
    await server.instances.start(acme, instance.id);
    await server.aiAgents.configure(acme, { ...input, model: 'later' });
    expect((await server.startRun(acme, instance.id)).model).toBe('opus');
    expect((await server.startRun(acme, instance.id, {}, { model: 'haiku' })).model).toBe('haiku');
  });

  it('gives one run to 100 parallel calls with one idempotency key', async () => {
    const before = await rows();
    const calls = Array.from({ length: 100 }, () => server.startRun(acme, instanceId, {}, { idempotencyKey: 'k-100' }));
    const ids = new Set((await Promise.all(calls)).map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(await rows()).toBe(before + 1);
  });

  it('refuses another input under a used key, of 20 at once all but one, and does not mix tenants', async () => {
    const theirs = await server.startedInstance(other);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        server.startRun(acme, instanceId, {}, { idempotencyKey: 'k-conflict', prompt: `prompt ${n}` }),
      ),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(19);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    await expect(server.startRun(other, theirs, {}, { idempotencyKey: 'k-conflict' })).resolves.toBeDefined();
  });

  it('gives the first run again even when its instance was stopped since', async () => {
    const stopped = await server.startedInstance(acme);
    const first = await server.startRun(acme, stopped, {}, { idempotencyKey: 'k-replay' });
    await server.instances.stop(acme, stopped);
    expect((await server.startRun(acme, stopped, {}, { idempotencyKey: 'k-replay' })).id).toBe(first.id);
  });

  it('leaves no row behind any refusal', async () => {
    const { instance: stopped } = await server.instances.create(acme, 'stopped');
    const { instance: bare } = await server.instances.create(acme, 'bare');
    await server.instances.start(acme, bare.id);
    const down = await rig.server({
      runtime: Object.assign(Object.create(rig.runtime) as typeof rig.runtime, {
        check: () => Promise.reject(new TriagedError('RUNTIME_UNAVAILABLE', 'The engine is down: start it.')),
      }),
    });
    const before = await rows();
    const refusals: [string, Promise<unknown>][] = [
      ['INSTANCE_NOT_RUNNING', server.startRun(acme, stopped.id)],
      ['AI_AGENT_NOT_CONFIGURED', server.startRun(acme, bare.id)],
      ['AI_AGENT_NOT_CONFIGURED', server.startRun(acme, instanceId, {}, { aiAgent: 'GOOSE' })],
      ['NOT_FOUND', server.startRun(acme, newInstanceId())],
      ['FORBIDDEN', server.startRun(other, instanceId)],
      ['BAD_USER_INPUT', server.startRun(acme, 'inst-001')],
      ['BAD_USER_INPUT', server.startRun(acme, instanceId, {}, { incident: '{' })],
      ['BAD_USER_INPUT', server.startRun(acme, instanceId, {}, { prompt: 'x'.repeat(10_001) })],
      ['RUNTIME_UNAVAILABLE', down.startRun(acme, instanceId)],
    ];
    for (const [code, call] of refusals) await expect(call).rejects.toMatchObject({ code });
    expect(await rows()).toBe(before);
    expect(await count(other, { instanceId: null })).toBe(1);
  });

  it('answers 403 for another tenant, 404 for an unknown id', async () => {
    const { id } = await server.startRun(acme, instanceId);
    const calls = [
      (runId: string) => server.triage.get(other, runId),
      (runId: string) => server.triage.cancel(other, runId),
      (runId: string) => server.stream.output(other, runId, 0, 'UTF8'),
      (runId: string) => server.stream.changes(other, runId),
    ];
    for (const call of calls) {
      await expect(call(id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(call(newRunId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(call('nonsense')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    expect((await server.triage.get(acme, id)).cancelRequestedAt).toBeNull();
    const foreign = page(other, { instanceId }, {});
    await expect(foreign).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('cancels a queued run at once, and again without changing it', async () => {
    const { id } = await server.startRun(acme, instanceId);
    const cancelled = await server.triage.cancel(acme, id);
    expect(cancelled).toMatchObject({ state: 'CANCELLED', startedAt: null, reasonCode: null });
    expect(cancelled.endedAt).not.toBeNull();
    expect(await server.triage.cancel(acme, id)).toEqual(cancelled);
    expect(await server.store.claimQueued(1000).then((runs) => runs.some((run) => run.id === id))).toBe(false);
  });

  it('pages through all runs once, whatever comes in between, by cursor and by offset', async () => {
    const pager = actorOf('pager');
    const own = await server.startedInstance(pager);
    const started = await Promise.all(Array.from({ length: 25 }, () => server.startRun(pager, own)));
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { items, nextCursor }: Page<{ id: string }> = await page(pager, {}, { limit: 7, after });
      seen.push(...items.map(({ id }) => id));
      after = nextCursor;
      await server.startRun(pager, own);
    } while (after !== null);
    expect(seen).toHaveLength(25);
    expect(new Set(seen)).toEqual(new Set(started.map(({ id }) => id)));
    const tail = await page(pager, {}, { limit: 100, offset: 20 });
    expect(tail.items).toHaveLength((await count(pager)) - 20);
    expect(tail.nextCursor).toBeNull();
  });

  it('filters by state and instance, also what it counts', async () => {
    const actor = actorOf('filter');
    const [a, b] = [await server.startedInstance(actor), await server.startedInstance(actor)];
    const { id } = await server.startRun(actor, a);
    await server.startRun(actor, b);
    await server.triage.cancel(actor, id);
    const { items } = await page(actor, { state: 'CANCELLED', instanceId: a }, {});
    expect(items.map((run) => run.id)).toEqual([id]);
    expect(await count(actor, { instanceId: b })).toBe(1);
    expect(await count(actor, { state: 'QUEUED', instanceId: a })).toBe(0);
  });

  it('filters by AI agent, cluster and time, and searches prompts and ids', async () => {
    const actor = actorOf('search');
    const instance = await server.startedInstance(actor);
    const first = await server.startRun(actor, instance, {}, { prompt: 'Why is 100% of CHECKOUT down?' });
    const second = await server.startRun(actor, instance, {}, { prompt: 'Look at the nodes.' });
    const found = async (filter: RunFilter) => (await page(actor, filter, {})).items.map(({ id }) => id);
    expect(await found({ aiAgent: 'CLAUDE_CODE' })).toEqual([second.id, first.id]);
    expect(await found({ aiAgent: 'GOOSE' })).toEqual([]);
    await expect(found({ clusterId: newInstanceId() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await found({ search: 'checkout' })).toEqual([first.id]);
    expect(await found({ search: '0% OF' })).toEqual([first.id]);
    expect(await found({ search: '%' })).toEqual([first.id]);
    expect(await found({ search: second.id.slice(0, 8).toUpperCase() })).toEqual([second.id]);
    const { createdAt } = (await page(actor, { search: 'nodes' }, {})).items[0]!;
    expect(await found({ from: createdAt })).toEqual([second.id]);
    expect(await found({ to: createdAt })).toEqual([first.id]);
    expect(await count(actor, { search: 'nodes' })).toBe(1);
    const before = new Date(createdAt.getTime() - 1);
    await expect(page(actor, { from: createdAt, to: before }, {})).rejects.toMatchObject({
      details: { path: 'filter.to' },
    });
    for (const search of [' ', 'x'.repeat(201), 'a\nb']) {
      await expect(page(actor, { search }, {})).rejects.toMatchObject({ details: { path: 'filter.search' } });
    }
  });

  it('filters by a cluster of the tenant', async () => {
    const actor = actorOf('clusters');
    const api = await startApiServer();
    const { id: clusterId } = await server.clusters.register(actor, { name: 'eu', kubeconfig: api.kubeconfig() });
    const instance = await server.startedInstance(actor);
    const there = await server.startRun(actor, instance, {}, { clusterId });
    await server.startRun(actor, instance);
    const { items } = await page(actor, { clusterId }, {});
    expect(items.map(({ id }) => id)).toEqual([there.id]);
    await expect(page(other, { clusterId }, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await api.close();
  });

  it.each([
    { limit: 0 },
    { limit: 101 },
    { offset: -1 },
    { after: 'forged' },
    { after: Buffer.from(`0/${newRunId()}`).toString('base64url') },
  ])('refuses the page %j', async (args) => {
    await expect(page(acme, {}, args)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it("refuses another tenant's cursor, and a cursor beside an offset", async () => {
    const instance = await server.startedInstance(other);
    for (let i = 0; i < 2; i += 1) await server.startRun(other, instance);
    const { nextCursor: after } = await page(other, {}, { limit: 1 });
    await expect(page(acme, {}, { after })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { path: 'after' },
    });
    await expect(page(other, {}, { after, offset: 1 })).rejects.toMatchObject({ details: { path: 'offset' } });
    expect((await page(other, {}, { after, limit: 1 })).items).toHaveLength(1);
  });
});
