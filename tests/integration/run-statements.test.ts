import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EntityManager } from 'typeorm';
import { RunReportStore, TriageRunEntity, TriageRunResolver } from '../../src/features/triage/index.js';
import { OffsetArgs } from '../../src/kernel/page-type.js';
import { Pager } from '../../src/kernel/pager.js';
import { actorOf, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

jest.setTimeout(60_000);

const acme = actorOf('acme');

describe('what many runs are asked for', () => {
  let rig: DomainRig;
  let server: DomainServer;
  let instanceId: string;
  beforeEach(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
    instanceId = await server.startedInstance(acme);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rig.close();
  });

  const queue = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) await server.startRun(acme, instanceId);
  };

  it('takes one statement for all their reports and problems, and one look for artifacts and their number', async () => {
    await queue(3);
    const supervisor = server.supervisor();
    await supervisor.start();
    const { items: runs } = await server.history.page(acme, {}, {}, { withTotal: false });
    const ended = await Promise.all(runs.map(({ id }) => server.awaitRun(acme, id)));
    await supervisor.close();
    const lists = jest.spyOn(server.artifacts, 'list');
    const resolver = new TriageRunResolver({
      ...{ logs: server.logs, artifacts: server.artifacts, clusters: server.clusters },
      reports: new RunReportStore(server.dataSource),
      pager: new Pager({ masterSecret: rig.masterSecret, defaultLimit: 20, maxLimit: 100 }),
      positions: { of: async () => null },
    });
    const statements = jest.spyOn(server.dataSource, 'query');
    const told = await Promise.all(
      ended.map(async (run) => Promise.all([resolver.report(run), resolver.reportProblem(run)])),
    );
    expect(statements).toHaveBeenCalledTimes(1);
    expect(told.map(([report, problem]) => [report?.outcome, problem])).toEqual(
      ended.map(() => ['UNDETERMINED', null]),
    );

    const [run] = ended;
    const [page, count] = await Promise.all([
      resolver.artifacts(run!, Object.assign(new OffsetArgs(), { limit: 1 })),
      resolver.artifactCount(run!),
    ]);
    expect(lists).toHaveBeenCalledTimes(1);
    expect([page.length, count]).toEqual([1, (await server.artifacts.list(run!.id)).length]);
  });

  it('reads prompt and incident of those alone that show them', async () => {
    await queue(2);
    const asked = { withTotal: false, without: ['prompt', 'incident'] } as const;
    const { items } = await server.history.page(acme, {}, {}, asked);
    const all = await server.history.page(acme, {}, {}, { withTotal: false });
    expect(items).toEqual(all.items.map(({ prompt: _, incident: __, ...run }) => run));
    expect(all.items.map(({ prompt, incident }) => [prompt, incident])).toEqual(
      all.items.map(() => ['Why?', '{"id":"inc-1","fakeAgent":{}}']),
    );
    const [{ id }] = items as [TriageRunEntity];
    const { systemPrompt: _, ...run } = await server.triage.get(acme, id);
    expect(await server.triage.get(acme, id, { without: ['systemPrompt'] })).toEqual(run);
  });

  it('takes as many statements to cancel ten of them as to cancel two, with an event for each', async () => {
    const cancel = async (count: number): Promise<number> => {
      await queue(count);
      const statements = jest.spyOn(EntityManager.prototype, 'query');
      await server.instances.stop(acme, instanceId, true);
      const { length } = statements.mock.calls;
      statements.mockRestore();
      await server.instances.start(acme, instanceId);
      return length;
    };
    expect(await cancel(2)).toBe(await cancel(10));
    const events: { runs: number; events: number }[] = await server.dataSource.query(
      `SELECT count(DISTINCT run_id)::integer AS runs, count(*)::integer AS events FROM audit_events WHERE action = 'RUN_CANCELLED'`,
    );
    expect(events).toEqual([{ runs: 12, events: 12 }]);
  });
});
