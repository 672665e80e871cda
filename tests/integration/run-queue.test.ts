import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { QueuePositions } from '../../src/features/triage/index.js';
import { actorOf, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';

jest.setTimeout(60_000);

const [acme, other, third] = [actorOf('acme'), actorOf('other'), actorOf('third')];

describe('the queue of runs', () => {
  let rig: DomainRig;
  let server: DomainServer;
  let ours: string;
  let theirs: string;
  beforeEach(async () => {
    rig = await DomainRig.create();
    server = await rig.server();
    [ours, theirs] = [await server.startedInstance(acme), await server.startedInstance(other)];
  });
  afterEach(() => rig.close());

  const queue = async (count: number, actor = acme, instanceId = ours): Promise<string[]> => {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) ids.push((await server.startRun(actor, instanceId)).id);
    return ids;
  };
  const claim = async (count: number, from = server): Promise<string[]> =>
    (await from.store.claimQueued(count)).map(({ id }) => id);

  const end = (id: string) =>
    server.dataSource.query(
      `UPDATE triage_runs SET state = 'FAILED', ended_at = clock_timestamp(), lease_owner = NULL, lease_expires_at = NULL WHERE id = $1`,
      [id],
    );

  describe('takes tenants in turn', () => {
    it("so that many queued runs of one do not keep another's waiting", async () => {
      const mine = await queue(20);
      const [theirOnly] = await queue(1, other, theirs);
      expect(await claim(1)).toEqual(mine.slice(0, 1));
      expect(await claim(1)).toEqual([theirOnly]);
      expect(await claim(3)).toEqual(mine.slice(1, 4));
      const [theirNext] = await queue(1, other, theirs);
      expect(await claim(1)).toEqual([theirNext]);
      expect(await claim(1)).toEqual(mine.slice(4, 5));
    });

    it('also within one claim, and within several at once of several workers', async () => {
      const last = await server.startedInstance(third);
      const [a, b, c] = [await queue(12), await queue(12, other, theirs), await queue(3, third, last)];
      expect(new Set(await claim(3))).toEqual(new Set([a[0], b[0], c[0]]));
      const second = await rig.server({ workerId: 'worker-b' });
      const claims = await Promise.all(Array.from({ length: 6 }, (_, n) => claim(2, n % 2 ? server : second)));
      const claimed = claims.flat();
      expect(claimed).toHaveLength(12);
      expect(new Set(claimed)).toEqual(new Set([...a.slice(1, 6), ...b.slice(1, 6), ...c.slice(1, 3)]));
    });

    it('also with a single slot, where nobody has a run under way when it is free', async () => {
      const last = await server.startedInstance(third);
      const [a, b, c] = [await queue(4), await queue(2, other, theirs), await queue(1, third, last)];
      const order: string[] = [];
      for (let slot = 0; slot < 7; slot += 1) {
        const [id] = await claim(1);
        order.push(id!);
        await end(id!);
      }
      expect(order).toEqual([a[0], b[0], c[0], a[1], b[1], a[2], a[3]]);
    });

    it('and gives none more than it may have under way, however many claim', async () => {
      const policy = { maxConcurrentRuns: () => ({ acme: 2 }) };
      const bound = [await rig.server({ policy }), await rig.server({ policy, workerId: 'worker-b' })];
      const [mine, their] = [await queue(6), await queue(5, other, theirs)];
      const claimed = (await Promise.all(Array.from({ length: 8 }, (_, n) => claim(3, bound[n % 2])))).flat();
      expect(new Set(claimed)).toEqual(new Set([...mine.slice(0, 2), ...their]));
      await end(mine[1]!);
      expect(await claim(5, bound[0])).toEqual([mine[2]]);
    });

    it('while 500 of one wait: the run of another starts with the next free slot', async () => {
      for (let n = 0; n < 500; n += 20) {
        await Promise.all(
          Array.from({ length: 20 }, () => server.startRun(acme, ours, { lines: 1, hangSeconds: 0.2 })),
        );
      }
      const supervisor = server.supervisor(2);
      await supervisor.start();
      try {
        const { id } = await server.startRun(other, theirs, { lines: 1 });
        const run = await server.awaitRun(other, id);
        expect(run.state).toBe('SUCCEEDED');
        const [{ before }] = await server.dataSource.query<[{ before: number }]>(
          `SELECT count(*)::integer AS before FROM triage_runs WHERE tenant_id = 'acme' AND started_at > $1 AND started_at < $2`,
          [run.createdAt, run.startedAt],
        );
        // Two that were claimed before it was there and started after, and two whose slots were free meanwhile.
        expect(before).toBeLessThanOrEqual(4);
      } finally {
        await supervisor.close();
      }
    });
  });

  describe('holds no more runs of a tenant than it may', () => {
    it('exactly, also under 100 calls at once on two servers', async () => {
      const policy = { maxQueuedRuns: (tenantId: string) => (tenantId === acme.tenantId ? 10 : 1_000) };
      const servers = [await rig.server({ policy }), await rig.server({ policy, workerId: 'worker-b' })];
      const calls = Array.from({ length: 100 }, (_, n) => servers[n % 2]!.startRun(acme, ours));
      const results = await Promise.allSettled(calls);
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(90);
      for (const { reason } of refused) {
        expect(reason).toMatchObject({ code: 'QUEUE_FULL', httpStatus: 429, details: { limit: 10, queued: 10 } });
      }
      await expect(servers[0]!.startRun(other, theirs)).resolves.toMatchObject({ state: 'QUEUED' });
      const [{ events }] = await server.dataSource.query<[{ events: number }]>(
        `SELECT count(*)::integer AS events FROM audit_events WHERE action = 'RUN_STARTED' AND tenant_id = 'acme'`,
      );
      expect(events).toBe(10);
    });

    it('has room again when one was taken or cancelled, and gives the first run of a used key also when full', async () => {
      const bound = await rig.server({ policy: { maxQueuedRuns: () => 2 } });
      const start = (idempotencyKey?: string) => bound.startRun(acme, ours, {}, { idempotencyKey });
      const first = await start('k-1');
      // The last place is taken by one of many calls with the same key, and all are given the run that it has.
      const same = await Promise.all(Array.from({ length: 20 }, () => start('k-2')));
      expect(new Set(same.map(({ id }) => id)).size).toBe(1);
      await expect(start()).rejects.toMatchObject({ code: 'QUEUE_FULL' });
      expect((await start('k-1')).id).toBe(first.id);
      expect(await claim(1)).toEqual([first.id]);
      const { id } = await start();
      await expect(start()).rejects.toMatchObject({ code: 'QUEUE_FULL' });
      await bound.triage.cancel(acme, id);
      await expect(start()).resolves.toMatchObject({ state: 'QUEUED' });
    });
  });

  describe('tells a run its place', () => {
    it('among those of its tenant, for a whole list in one statement', async () => {
      const mine = await queue(4);
      await queue(3, other, theirs);
      const { items } = await server.history.page(acme, {}, { limit: 10 }, { withTotal: false });
      const statements = jest.spyOn(server.dataSource, 'query');
      const positions = new QueuePositions(server.dataSource);
      const places = await Promise.all(items.map(async (run) => [run.id, await positions.of(run)]));
      expect(statements).toHaveBeenCalledTimes(1);
      statements.mockRestore();
      expect(Object.fromEntries(places)).toEqual(Object.fromEntries(mine.map((id, n) => [id, n + 1])));
    });

    it('live, until it leaves the queue', async () => {
      const [first, second, last] = await queue(3);
      const seen: (number | null)[] = [];
      const watching = (async () => {
        for await (const run of await server.stream.changes(acme, last!, { withPosition: true })) {
          seen.push(run.queuePosition ?? null);
        }
      })();
      const until = async (place: number | null): Promise<void> => {
        while (seen.at(-1) !== place || seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      };
      await until(3);
      expect(await claim(1)).toEqual([first]);
      await until(2);
      await server.triage.cancel(acme, second!);
      await until(1);
      await server.triage.cancel(acme, last!);
      await watching;
      expect(seen).toEqual([3, 2, 1, null]);
    });
  });
});
