import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '../../src/kernel/ids.js';
import { inTenant } from '../../src/kernel/tenant-scope.js';
import type { TestClient } from '../testkit/client.js';
import { listExecutions, listTools, startPlatform } from '../testkit/platform.js';
import type { PlatformRig } from '../testkit/platform.js';

const ROWS = 12_000;
const IDS = `query ($limit: Int, $offset: Int, $after: String) {
  executions(limit: $limit, offset: $offset, after: $after) { nextCursor items { id } } }`;

interface IdPage {
  readonly executions: { readonly nextCursor: string | null; readonly items: readonly { readonly id: string }[] };
}

/** Histories of many rows, a hundred of them at each instant. */
describe('pages of a long history', () => {
  let rig: PlatformRig;
  let acme: TestClient;
  let order: string[];

  const seed = (tenant: string, rows: number, perInstant: number) =>
    rig.owner.query(
      `INSERT INTO execution_logs (tenant_id, id, agent_id, agent_name, prompt, system_prompt, model, response, created_at)
       SELECT $1, gen_random_uuid(), gen_random_uuid(), 'Seeded', 'prompt ' || n, '', 'gpt-4o', 'response ' || n,
         timestamptz '2026-01-01T00:00:00Z' + (n / $3::integer) * interval '1 millisecond'
       FROM generate_series(0, $2::integer - 1) AS n`,
      [tenant, rows, perInstant],
    );
  const page = async (variables: object) => (await acme.ok<IdPage>(IDS, { ...variables })).executions;
  const ids = ({ items }: IdPage['executions']) => items.map(({ id }) => id);

  beforeAll(async () => {
    rig = await startPlatform();
    acme = rig.client('acme');
    await seed('acme', ROWS, 100);
    await seed('other', 500, 100);
    const rows: { id: string }[] = await rig.owner.query(
      `SELECT id FROM execution_logs WHERE tenant_id = 'acme' ORDER BY created_at DESC, id DESC`,
    );
    order = rows.map(({ id }) => id);
  });
  afterAll(() => rig.close());

  it('hold each row once, in one order, when followed by their cursors', async () => {
    const seen: string[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const next: IdPage['executions'] = await page({ limit: 100, after });
      seen.push(...ids(next));
      after = next.nextCursor;
    }
    expect(seen).toEqual(order);
  });

  it('hold each row once, in the same order, when taken by offset', async () => {
    const pages = [];
    for (let offset = 0; offset < ROWS; offset += 100) pages.push(await page({ limit: 100, offset }));
    expect(pages.flatMap(ids)).toEqual(order);
    expect(pages.at(-1)).toMatchObject({ nextCursor: null });
    expect(await page({ offset: ROWS })).toEqual({ items: [], nextCursor: null });
  });

  it('follow a page taken by offset with its cursor', async () => {
    const { nextCursor } = await page({ limit: 30, offset: 10_015 });
    expect(ids(await page({ limit: 30, after: nextCursor }))).toEqual(order.slice(10_045, 10_075));
  });

  it('do not shift when rows are added meanwhile', async () => {
    const first = await page({ limit: 50 });
    await rig.owner.query(
      `INSERT INTO execution_logs (tenant_id, id, agent_id, agent_name, prompt, system_prompt, model, response)
       VALUES ('acme', gen_random_uuid(), gen_random_uuid(), 'Late', 'late', '', 'gpt-4o', 'late')`,
    );
    expect(ids(await page({ limit: 50, after: first.nextCursor }))).toEqual(order.slice(50, 100));
    await rig.owner.query(`DELETE FROM execution_logs WHERE agent_name = 'Late'`);
  });

  it('count all rows of the tenant, whichever page it is', async () => {
    const first = await listExecutions(acme, { limit: 1 });
    expect(first.totalCount).toBe(ROWS);
    expect((await listExecutions(acme, { limit: 1, after: first.nextCursor })).totalCount).toBe(ROWS);
    expect((await listExecutions(acme, { limit: 1, filter: { model: 'gpt-4' } })).totalCount).toBe(0);
  });

  it('hold 20 rows unless told, 100 at most', async () => {
    expect((await page({})).items).toHaveLength(20);
    expect((await page({ limit: 100 })).items).toHaveLength(100);
    expect(await acme.refused(IDS, { limit: 101 })).toMatchObject({ details: { path: 'limit', maximum: 100 } });
  });

  it('with limit 10 and offset 20 hold records 21 to 30 of 100, newest first', async () => {
    await seed('hundred', 100, 1);
    const { items } = await listExecutions(rig.client('hundred'), { limit: 10, offset: 20 });
    expect(items.map(({ prompt }) => prompt)).toEqual(Array.from({ length: 10 }, (_, index) => `prompt ${79 - index}`));
    expect(items[0]).toMatchObject({ model: 'gpt-4o', response: 'response 79', createdAt: '2026-01-01T00:00:00.079Z' });
  });

  it('refuse a cursor of another tenant, of another list, and one with a changed character', async () => {
    const { nextCursor } = await page({ limit: 1 });
    const refusal = { code: 'BAD_USER_INPUT', status: 400, details: { path: 'after' } };
    const cursor = nextCursor ?? '';
    expect(cursor).toMatch(/^[\w-]{48}$/);
    expect(await rig.client('other').refused(IDS, { after: cursor })).toMatchObject(refusal);
    await expect(listTools(acme, { after: cursor })).rejects.toThrow('BAD_USER_INPUT');
    for (const index of [0, 10, 20, 40, 47]) {
      const changed = `${cursor.slice(0, index)}${cursor[index] === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`;
      expect(await acme.refused(IDS, { after: changed })).toMatchObject(refusal);
    }
    const both = await acme.refused(IDS, { after: cursor, offset: 1 });
    expect(both).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'offset' } });
  });

  it('take one statement each, and one more only for totalCount', async () => {
    const statements: string[] = [];
    const { dataSource, statements: prepared } = rig;
    const spies = [dataSource, prepared].map((source) => {
      const query = source.query.bind(source) as (statement: string, ...rest: never[]) => Promise<never>;
      source.query = (statement: string, ...rest: never[]) => {
        statements.push(statement);
        return query(statement, ...rest);
      };
      return () => (source.query = query);
    });
    try {
      await acme.ok('{ agents { items { name tools { name } } } tools { items { name } } }');
      expect(statements).toHaveLength(2);
      await acme.ok(IDS);
      expect(statements).toHaveLength(3);
      expect(statements.at(-1)).not.toMatch(/prompt|response|count/);
      await acme.ok('{ executions { totalCount } }');
      expect(statements).toHaveLength(5);
    } finally {
      for (const restore of spies) restore();
    }
  });

  it('read no more rows on a deep page by cursor than on the first one', async () => {
    const plan = async (after: string) => {
      const explain = `EXPLAIN (COSTS OFF) SELECT id FROM execution_logs AS item WHERE item.tenant_id = 'acme' ${after}
         ORDER BY item.created_at DESC, item.id DESC LIMIT 21`;
      const rows: { 'QUERY PLAN': string }[] = await inTenant('acme' as TenantId, () => rig.dataSource.query(explain));
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    await rig.owner.query('ANALYZE execution_logs');
    const deep = await plan(`AND (item.created_at, item.id) < ('2026-01-01T00:00:00.02Z', '${order[10_000]}')`);
    expect(deep).toContain('execution_logs_by_age');
    expect(deep).toMatch(/Index Cond: .*ROW\(created_at, id\)/);
    expect(deep).not.toContain('Sort');
  });
});
