import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { ModelPrices, UsageStore } from '../../src/features/usage/index.js';
import { UsageSums } from '../../src/features/usage/usage-sums.js';
import type { InstanceId, RunId, TenantId } from '../../src/kernel/ids.js';
import pino from 'pino';
import { modelCall } from '../testkit/recorded-calls.js';
import { until } from '../testkit/until.js';
import { UsageRig } from '../testkit/usage-rig.js';

const prices = new ModelPrices({});
const uuid = (first: string): string => `${first}${randomUUID().slice(1)}`;

/** The first by tenant is the last by instance. */
const OWNERS = (['a', 'm', 'z'] as const).map((name, index) => ({
  tenantId: `tenant-${name}` as TenantId,
  instanceId: uuid(['f', '8', '1'][index]!) as InstanceId,
}));

let rig: UsageRig;
let source: DataSource;
/** Somebody else at work on the same rows; no deadlock is ever settled at its cost. */
let other: pg.Client;
/** What Postgres gave up in favour of another. */
const givenUp: unknown[] = [];
let stores: [UsageStore, UsageStore];

beforeAll(async () => {
  rig = await UsageRig.create();
  const options = { url: rig.url, entities: [], migrations: [], logger: pino({ level: 'silent' }), poolSize: 4 };
  source = await createDataSource({ ...options, role: 'triaged_worker' }).initialize();
  const transaction = source.transaction.bind(source) as (work: unknown) => Promise<unknown>;
  const dataSource = Object.assign(Object.create(source) as DataSource, {
    transaction: (work: unknown) =>
      transaction(work).catch((error: unknown) => {
        givenUp.push(error);
        throw error;
      }),
  });
  const store = () => new UsageStore({ dataSource, prices });
  stores = [store(), store()];
  other = new pg.Client({ connectionString: rig.url });
  await other.connect();
  await other.query(`SET deadlock_timeout = '1h'`);
});
afterAll(async () => {
  await other?.end();
  await source?.destroy();
  await rig?.close();
});

const sumsOf = (calls: readonly Partial<Parameters<typeof modelCall>[0]>[]): UsageSums => {
  const sums = new UsageSums(prices);
  for (const call of calls) sums.add({ ended: modelCall({ runId: null, ...call }) });
  return sums;
};
const apply = (store: UsageStore, sums: UsageSums) =>
  store.apply({ journalId: 'a', segmentId: randomUUID(), from: 0, to: 1 }, sums);

/** Asked on a connection without a transaction, which would see one state of it for ever. */
const waiting = async (count: number): Promise<boolean> => {
  const backends = await rig.dataSource.query<unknown[]>(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return backends.length >= count;
};

describe('two servers that count calls of the same tenants', () => {
  it('never wait for each other, also when one of them brings a new model', async () => {
    const known = OWNERS.map((owner) => ({ ...owner, model: 'known' }));
    await apply(stores[0], sumsOf(known));
    const [, middle] = OWNERS;
    await other.query('BEGIN');
    await other.query('SELECT FROM usage_daily WHERE tenant_id = $1 FOR UPDATE', [middle!.tenantId]);
    const first = apply(stores[0], sumsOf(known.toReversed()));
    await until(() => waiting(1));
    const second = apply(stores[1], sumsOf([...known, { ...OWNERS[0]!, model: 'zz-new' }]));
    await until(() => waiting(2));
    await other.query('COMMIT');
    await Promise.all([first, second]);
    expect(givenUp).toEqual([]);
  });

  it('lock runs in the order of their ids, as those do who renew leases', async () => {
    const ids: RunId[] = [];
    for (let index = 0; index < 2; index++) {
      await rig.newRun();
      ids.push(rig.runId);
    }
    const { tenantId, instanceId } = rig;
    const [first, second] = ids.toSorted();
    // The first by id is written last, in the sums and in the table.
    const runs = [second!, first!];
    await other.query('UPDATE triage_runs SET prompt = prompt WHERE id = $1', [first]);
    await other.query('BEGIN');
    await other.query('SELECT FROM triage_runs WHERE id = $1 FOR UPDATE', [first]);
    const done = apply(stores[0], sumsOf(runs.map((runId) => ({ tenantId, instanceId, runId }))));
    await until(() => waiting(1));
    const { rowCount } = await other.query('SELECT FROM triage_runs WHERE id = $1 FOR UPDATE SKIP LOCKED', [second]);
    await other.query('COMMIT');
    await done;
    expect(rowCount).toBe(1);
  });

  it('write again what Postgres gave up in favour of another', async () => {
    const sums = sumsOf(OWNERS.slice(0, 2).map((owner) => ({ ...owner, model: 'again' })));
    await apply(stores[0], sums);
    const locking = (tenantId: TenantId) =>
      other.query(`SELECT FROM usage_daily WHERE tenant_id = $1 AND model = 'again' FOR UPDATE`, [tenantId]);
    givenUp.length = 0;
    await other.query('BEGIN');
    await locking(OWNERS[1]!.tenantId);
    const done = apply(stores[0], sums);
    await until(() => waiting(1));
    await locking(OWNERS[0]!.tenantId);
    await other.query('COMMIT');
    await expect(done).resolves.toBe(1);
    expect(givenUp).toHaveLength(1);
    const rows = await rig.dataSource.query<{ count: string }[]>(
      `SELECT request_count AS count FROM usage_daily WHERE model = 'again'`,
    );
    expect(rows.map(({ count }) => count)).toEqual(['2', '2']);
  });
});
