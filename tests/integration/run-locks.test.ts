import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { RunFence } from '../../src/features/triage/run.store.js';
import { actorOf, DomainRig } from '../testkit/domain.js';
import type { DomainServer } from '../testkit/domain.js';
import { until } from '../testkit/until.js';

const acme = actorOf('acme');

let rig: DomainRig;
let server: DomainServer;
/** Somebody else at work on the same rows; no deadlock is ever settled at its cost. */
let other: pg.Client;
beforeAll(async () => {
  rig = await DomainRig.create();
  server = await rig.server();
  other = new pg.Client({ connectionString: rig.databaseUrl });
  await other.connect();
  await other.query(`SET deadlock_timeout = '1h'`);
});
afterAll(async () => {
  await other?.end();
  await rig?.close();
});

/** The first by id lies behind the second, in the table and in its indexes: whoever takes them as they lie takes the second first. */
async function twoRuns() {
  const instanceId = await server.startedInstance(acme);
  await server.startRun(acme, instanceId);
  await server.startRun(acme, instanceId);
  const runs = (await server.store.claimQueued(2)).sort((one, next) => (one.id < next.id ? -1 : 1));
  await server.dataSource.query(`UPDATE triage_runs SET created_at = created_at - interval '1 hour' WHERE id = $1`, [
    runs[0]!.id,
  ]);
  return { instanceId, runs };
}

const waiting = async (): Promise<boolean> => {
  const { rowCount } = await other.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rowCount! > 0;
};

type Change = (instanceId: string, runs: readonly RunFence[]) => Promise<unknown>;

const CHANGES: [string, Change][] = [
  ['revoking a key', (instanceId) => server.keys.revoke(acme, { instanceId, aiAgent: 'CLAUDE_CODE' })],
  ['stopping an instance by force', (instanceId) => server.instances.stop(acme, instanceId, true)],
  ['deleting an instance by force', (instanceId) => server.instances.delete(acme, instanceId, true)],
];

describe('several runs at once', () => {
  it.each<[string, Change]>([...CHANGES, ['renewing leases', (_, runs) => server.store.renew(runs.toReversed())]])(
    'are locked by %s in the order of their ids',
    async (_, change) => {
      const { instanceId, runs } = await twoRuns();
      const [first, second] = runs.map(({ id }) => id);
      await other.query('BEGIN');
      await other.query('SELECT FROM triage_runs WHERE id = $1 FOR UPDATE', [first]);
      const done = change(instanceId, runs);
      await until(waiting);
      const { rowCount } = await other.query('SELECT FROM triage_runs WHERE id = $1 FOR UPDATE SKIP LOCKED', [second]);
      await other.query('COMMIT');
      await done;
      expect(rowCount).toBe(1);
    },
  );

  it.each(CHANGES)('are changed by %s also when Postgres gives it up in favour of another', async (_, change) => {
    const { instanceId, runs } = await twoRuns();
    await other.query('BEGIN');
    await other.query('SELECT FROM triage_runs WHERE id = $1 FOR UPDATE', [runs[0]!.id]);
    const done = change(instanceId, runs);
    await until(waiting);
    await other.query('SELECT FROM instances WHERE id = $1 FOR UPDATE', [instanceId]);
    await sleep(100);
    await other.query('COMMIT');
    await done;
    const stops = [...(await server.store.renew(runs)).values()].map(({ stop }) => stop);
    expect(stops).toEqual([expect.stringMatching(/^(cancel|revoked)$/), stops[0]]);
  });
});
