import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { actorOf, API_KEY, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

const acme = actorOf('acme');
const other = actorOf('other');

describe('the life of an instance', () => {
  let rig: DomainRig;
  let server: DomainServer;
  beforeAll(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
  });
  afterAll(() => rig.close());

  /** Of each key of an instance whether its ciphertext is there, and how often its destruction was recorded. */
  const keysOf = (id: string): Promise<unknown> =>
    server.dataSource.query(
      `SELECT version, state, sealed IS NOT NULL AS "isSealed",
        (SELECT count(*)::int FROM audit_events AS event WHERE event.instance_id = key.instance_id
          AND event.ai_agent = key.ai_agent AND event.credential_version = key.version
          AND event.action = 'CREDENTIAL_DESTROYED') AS destructions
       FROM credentials AS key WHERE instance_id = $1 ORDER BY ai_agent, version`,
      [id],
    );

  it('pins anew by a restart, and leaves runs under way what they have', async () => {
    const id = await server.startedInstance(acme);
    const before = await server.startRun(acme, id);
    await server.aiAgents.configure(acme, {
      instanceId: id,
      aiAgent: 'CLAUDE_CODE',
      apiKey: `${API_KEY}-2`,
      model: 'haiku',
    });
    expect(await server.startRun(acme, id)).toMatchObject({ credentialVersion: 1, configurationRevision: 1 });
    const restarted = await server.instances.restart(acme, id);
    expect(restarted.aiAgents[0]!.pin).toMatchObject({ credentialVersion: 2, configurationRevision: 2 });
    expect(await server.startRun(acme, id)).toMatchObject({ credentialVersion: 2, model: 'haiku' });
    expect(await server.triage.get(acme, before.id)).toMatchObject({ credentialVersion: 1, endedAt: null });
  });

  it('starts a stopped one by a restart', async () => {
    const id = await server.startedInstance(acme);
    await server.instances.stop(acme, id);
    expect((await server.instances.restart(acme, id)).instance.state).toBe('RUNNING');
  });

  it('is stopped with its runs only by force', async () => {
    const id = await server.startedInstance(acme);
    const run = await server.startRun(acme, id);
    await server.instances.stop(acme, id);
    expect(await server.triage.get(acme, run.id)).toMatchObject({ state: 'QUEUED', cancelRequestedAt: null });
    await expect(server.startRun(acme, id)).rejects.toMatchObject({ code: 'INSTANCE_NOT_RUNNING' });
    await server.instances.stop(acme, id, true);
    expect(await server.triage.get(acme, run.id)).toMatchObject({ state: 'CANCELLED' });
    const events: unknown = await server.dataSource.query(
      `SELECT action FROM audit_events WHERE instance_id = $1 AND run_id = $2`,
      [id, run.id],
    );
    expect(events).toContainEqual({ action: 'RUN_CANCELLED' });
  });

  it('is not deleted while its runs have not ended, unless by force', async () => {
    const id = await server.startedInstance(acme);
    const run = await server.startRun(acme, id);
    await expect(server.instances.delete(acme, id)).rejects.toMatchObject({
      code: 'INSTANCE_IN_USE',
      details: { activeRuns: 1 },
    });
    expect((await server.instances.get(acme, id)).instance.state).toBe('RUNNING');
    await server.instances.delete(acme, id, true);
    expect(await server.triage.get(acme, run.id)).toMatchObject({ state: 'CANCELLED' });
  });

  it('that is deleted by force leaves its key to a run under way until that has ended', async () => {
    const supervisor = server.supervisor(1);
    await supervisor.start();
    const id = await server.startedInstance(acme);
    const run = await server.startRun(acme, id, { lines: 100_000, linesPerSecond: 50 });
    await server.awaitRun(acme, run.id, ({ state }) => state === 'RUNNING');
    await supervisor.close();
    // Its owner is away, so that it goes on although its end was asked for.
    await server.instances.delete(acme, id, true);
    await server.destruction.destroyUnused();
    expect(await keysOf(id)).toEqual([{ version: 1, state: 'ROTATED', isSealed: true, destructions: 0 }]);
    const next = server.supervisor(1);
    await next.start();
    expect(await server.awaitRun(acme, run.id)).toMatchObject({ state: 'CANCELLED' });
    await next.close();
    await server.destruction.destroyUnused();
    expect(await keysOf(id)).toEqual([{ version: 1, state: 'ROTATED', isSealed: false, destructions: 1 }]);
  }, 60_000);

  it('leaves nothing but history and audit when it is deleted', async () => {
    const { instance } = await server.instances.create(acme, 'short-lived');
    const { id } = instance;
    await server.aiAgents.configure(acme, { instanceId: id, aiAgent: 'GOOSE', apiKey: API_KEY });
    await server.instances.start(acme, id);
    const run = await server.startRun(acme, id, {}, { aiAgent: 'GOOSE' });
    await server.triage.cancel(acme, run.id);
    const list = () => server.instanceList.page(acme, {}, { limit: 100 }, { withTotal: true });
    const { totalCount: total } = await list();
    expect(await readdir(path.join(rig.folder, 'instances'))).toContain(id);

    await server.instances.delete(acme, id);
    await expect(stat(path.join(rig.folder, 'instances', id))).rejects.toThrow('ENOENT');
    const left = await list();
    expect(left.totalCount).toBe(total! - 1);
    expect(left.items.map((view) => view.instance.id)).not.toContain(id);
    for (const attempt of [
      server.instances.get(acme, id),
      server.instances.start(acme, id),
      server.instances.delete(acme, id),
      server.aiAgents.configure(acme, { instanceId: id, aiAgent: 'GOOSE', apiKey: API_KEY }),
      server.startRun(acme, id),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await expect(server.instances.get(other, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { items } = await server.history.page(acme, { instanceId: id }, {}, { withTotal: false });
    expect(items.map((each) => each.id)).toEqual([run.id]);
    const rows: unknown = await server.dataSource.query(
      `SELECT (SELECT count(*)::int FROM instance_pins WHERE instance_id = $1) AS pins,
        (SELECT count(*)::int FROM credentials WHERE instance_id = $1 AND state = 'ACTIVE') AS keys,
        (SELECT count(*)::int FROM audit_events WHERE instance_id = $1 AND action = 'INSTANCE_DELETED') AS events`,
      [id],
    );
    expect(rows).toEqual([{ pins: 0, keys: 0, events: 1 }]);
    expect(await keysOf(id)).toEqual([{ version: 1, state: 'ROTATED', isSealed: true, destructions: 0 }]);
    await server.destruction.destroyUnused();
    expect(await keysOf(id)).toEqual([{ version: 1, state: 'ROTATED', isSealed: false, destructions: 1 }]);
    await expect(server.instances.create(acme, 'short-lived')).resolves.toBeDefined();
  });

  it('has no run queued of it once it is deleted, however close they come', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await server.startedInstance(acme);
      const starting = Array.from({ length: 4 }, () => server.startRun(acme, id).catch(() => undefined));
      await server.instances.delete(acme, id, true);
      const runs = await Promise.all(starting);
      for (const run of runs) if (run) expect((await server.triage.get(acme, run.id)).state).toBe('CANCELLED');
    }
  });
});
