import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import type { DataSource, QueryRunner } from 'typeorm';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { StatementSource } from '../../src/adapters/database/statement-source.js';
import { connectDatabase, migrateDatabase } from '../../src/composition/database.js';
import type { Database } from '../../src/composition/database.js';
import type { TenantId } from '../../src/kernel/ids.js';
import { inTenant } from '../../src/kernel/tenant-scope.js';
import { createTestDatabase } from '../testkit/postgres.js';
import type { TestDatabase } from '../testkit/postgres.js';

const logger = pino({ level: 'silent' });
const TENANTS = ['acme', 'globex'] as TenantId[];
const [ACME, GLOBEX] = TENANTS as [TenantId, TenantId];
const ROLES = ['triaged_app', 'triaged_worker'];
const REFUSED = { code: '42501' };

let database: TestDatabase;
/** The role that has logged in. */
let owner: DataSource;
let connected: Database;
/** Fewer connections than work: each one goes from tenant to tenant. */
let app: DataSource;
let worker: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateDatabase(database.url, logger);
  const options = { url: database.url, entities: [], migrations: [], logger, poolSize: 2 };
  owner = await createDataSource(options).initialize();
  connected = await connectDatabase(database.url, logger, 3);
  ({ dataSource: app, workerSource: worker } = connected);
  for (const tenant of TENANTS) {
    for (const name of ['one', 'two', 'three']) await owner.query(INSERT_TOOL, [tenant, randomUUID(), name]);
  }
});
afterAll(async () => {
  await Promise.all([app?.destroy(), worker?.destroy(), owner?.destroy()]);
  await database?.close();
});

const INSERT_TOOL = `INSERT INTO tools (tenant_id, id, name, description) VALUES ($1, $2, $3, '')`;
const ALL_TOOLS = 'SELECT tenant_id AS tenant FROM tools';

interface TableRow {
  readonly name: string;
  readonly bound: boolean;
  readonly policy: string | null;
}

/** Tables with a tenant, whether their owner is bound as well, and what the application may see of them. */
const tenantTables = (source: DataSource | QueryRunner): Promise<TableRow[]> =>
  source.query(`SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS bound,
      (SELECT string_agg(format('%s %s %s %s', cmd, permissive, qual, with_check), '; ') FROM pg_policies
        WHERE tablename = relname AND schemaname = 'public' AND roles && '{triaged_app, public}') AS policy
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND attname = 'tenant_id' ORDER BY relname`);

const ISOLATED = {
  name: expect.any(String),
  bound: true,
  policy: "ALL PERMISSIVE (tenant_id = current_setting('triaged.tenant'::text, true)) ",
};

describe('every table with a tenant', () => {
  it('shows the application its present tenant alone, and binds its owner too', async () => {
    const tables = await tenantTables(owner);
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['audit_events', 'credentials', 'tools']));
    for (const table of tables) expect(table).toEqual(ISOLATED);
  });

  it('is found when a migration forgets it', async () => {
    const runner = owner.createQueryRunner();
    await runner.startTransaction();
    await runner.query('CREATE TABLE forgotten (tenant_id text NOT NULL)');
    const tables = await tenantTables(runner);
    await runner.rollbackTransaction();
    await runner.release();
    expect(tables.find(({ name }) => name === 'forgotten')).toEqual({ name: 'forgotten', bound: false, policy: null });
  });

  it('shows nothing while no tenant is set', async () => {
    for (const { name } of await tenantTables(owner)) {
      const [{ count }] = await app.query<[{ count: number }]>(`SELECT count(*)::integer AS count FROM ${name}`);
      expect({ name, count }).toEqual({ name, count: 0 });
    }
    expect(await owner.query(ALL_TOOLS)).toHaveLength(6);
  });

  it('takes no row of another tenant, and gives none away', async () => {
    const foreign = inTenant(ACME, () => app.query<unknown>(INSERT_TOOL, [GLOBEX, randomUUID(), 'planted']));
    await expect(foreign).rejects.toMatchObject(REFUSED);
    const moved = inTenant(ACME, () => app.query<unknown>(`UPDATE tools SET tenant_id = $1`, [GLOBEX]));
    await expect(moved).rejects.toMatchObject(REFUSED);
    const changed = await inTenant(ACME, () =>
      app.query<unknown>(`UPDATE tools SET description = 'x' RETURNING tenant_id`),
    );
    expect(changed).toEqual([[{ tenant_id: ACME }, { tenant_id: ACME }, { tenant_id: ACME }], 3]);
    const deleted = await inTenant(ACME, () => app.query<unknown>(`DELETE FROM tools WHERE tenant_id = $1`, [GLOBEX]));
    expect(deleted).toEqual([[], 0]);
  });
});

describe('the roles that the server works as', () => {
  it('can neither pass by row-level security nor become somebody who can', async () => {
    const rows = await owner.query<unknown>(
      `SELECT rolname AS name, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin AS powerful,
        EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) AS member,
        EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) AS owner
        FROM pg_roles WHERE rolname = ANY ($1) ORDER BY 1`,
      [ROLES],
    );
    expect(rows).toEqual(ROLES.map((name) => ({ name, powerful: false, member: false, owner: false })));
  });

  it.each(ROLES)('%s changes no policy, table, trigger, role or function', async (role) => {
    const source = role === 'triaged_app' ? app : worker;
    expect(await source.query('SELECT current_user AS name')).toEqual([{ name: role }]);
    for (const statement of [
      'ALTER TABLE tools DISABLE ROW LEVEL SECURITY',
      'ALTER TABLE tools NO FORCE ROW LEVEL SECURITY',
      'DROP POLICY own_tenant ON tools',
      'ALTER POLICY own_tenant ON tools USING (true)',
      'CREATE POLICY mine ON tools USING (true)',
      'ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only',
      'TRUNCATE tools',
      `ALTER ROLE ${role} BYPASSRLS`,
      'CREATE TABLE public.mine ()',
      `CREATE OR REPLACE FUNCTION public.ownership_of(text, text, uuid) RETURNS text LANGUAGE sql AS 'SELECT $1'`,
    ]) {
      const outcome = await source.query(statement).then(
        () => 'done',
        (error: unknown) => (error as { code?: string }).code,
      );
      expect({ statement, outcome }).toEqual({ statement, outcome: REFUSED.code });
    }
  });

  it('leave audit events as they are', async () => {
    for (const statement of [`UPDATE audit_events SET action = 'x'`, 'DELETE FROM audit_events']) {
      await expect(inTenant(ACME, () => app.query(statement))).rejects.toMatchObject(REFUSED);
    }
  });

  it('let the worker see of runs and figures what it writes, and nothing that a tenant wrote', async () => {
    expect(await worker.query('SELECT tenant_id, id, state, fence FROM triage_runs')).toEqual([]);
    for (const statement of [
      'SELECT prompt FROM triage_runs',
      'SELECT incident FROM triage_runs',
      'SELECT report FROM triage_reports',
      'SELECT FROM tools',
      'SELECT sealed FROM credentials',
      'SELECT FROM clusters',
      'SELECT FROM audit_events',
      `SELECT ownership_of('tool', 'acme', gen_random_uuid())`,
    ]) {
      await expect(worker.query(statement)).rejects.toMatchObject(REFUSED);
    }
  });

  it('tell the application of an id only whose it is', async () => {
    const [tool] = await owner.query<[{ id: string }]>(`SELECT id FROM tools WHERE tenant_id = 'globex'`);
    const asked = await inTenant(ACME, () =>
      app.query<unknown>(`SELECT ownership_of('tool', 'acme', $1) AS whose`, [tool.id]),
    );
    expect(asked).toEqual([{ whose: 'FOREIGN' }]);
  });
});

describe('every function that runs as its owner', () => {
  it('looks up names in its own schema alone, and may be called by the application alone', async () => {
    const functions = await owner.query<{ name: string }[]>(
      `SELECT oid::regprocedure::text AS name, proconfig AS settings,
        ARRAY(SELECT grantee::regrole::text FROM aclexplode(proacl) WHERE grantee <> proowner) AS callers
        FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1`,
    );
    expect(functions.map(({ name }) => name)).toContain('ownership_of(text,text,uuid)');
    for (const { name, ...rest } of functions) {
      const settings = ['search_path=public, pg_temp'];
      expect({ name, ...rest }).toEqual({ name, settings, callers: ['triaged_app'] });
    }
  });

  it('answers the application outside of every tenant', async () => {
    expect(await app.query(`SELECT * FROM instances_with_files('{}')`)).toEqual([]);
    expect(await app.query('SELECT * FROM unused_credentials()')).toEqual([]);
    expect(await app.query('SELECT * FROM unused_cluster_connections()')).toEqual([]);
  });
});

describe('a pool that two tenants share', () => {
  const tenantsIn = (rows: unknown): string[] => (rows as { tenant: string }[]).map(({ tenant }) => tenant);

  it('shows neither the rows of the other, in statements without any scoping, under load', async () => {
    const statements = new StatementSource(app);
    /** Each way in which the application uses a connection, the failing ones included; the tenants that were seen. */
    const ways: (() => Promise<string[]>)[] = [
      async () => tenantsIn(await app.query(ALL_TOOLS)),
      async () => tenantsIn(await statements.query(ALL_TOOLS)),
      () => app.transaction(async (manager) => tenantsIn(await manager.query(ALL_TOOLS))),
      async () => {
        await app.query('SELECT 1 / 0').catch(() => undefined);
        return tenantsIn(await statements.query(ALL_TOOLS));
      },
      async () => {
        let seen: string[] = [];
        await app
          .transaction(async (manager) => {
            seen = tenantsIn(await manager.query(ALL_TOOLS));
            throw new Error('rolled back');
          })
          .catch(() => undefined);
        return [...seen, ...tenantsIn(await app.query(ALL_TOOLS))];
      },
      async () => {
        await nextTurn();
        const both = await Promise.all([app.query(ALL_TOOLS), statements.query(ALL_TOOLS)]);
        return both.flatMap(tenantsIn);
      },
    ];
    const afterLoss = async (): Promise<string[]> => {
      await app.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
      return tenantsIn(await app.query(ALL_TOOLS));
    };
    const seen = new Map(TENANTS.map((tenant) => [tenant, new Map<string, number>()]));
    let faults = 0;
    await Promise.all(
      Array.from({ length: 3_000 }, async (_, index) => {
        const tenant = TENANTS[index % 2]!;
        const way = index % 25 === 0 ? afterLoss : ways[Math.floor(index / 2) % ways.length]!;
        const rows = await inTenant(tenant, way).catch(() => {
          faults += 1;
          return [];
        });
        const counts = seen.get(tenant)!;
        for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
      }),
    );
    expect([...seen.get(ACME)!.keys()]).toEqual([ACME]);
    expect([...seen.get(GLOBEX)!.keys()]).toEqual([GLOBEX]);
    expect(seen.get(ACME)!.get(ACME)).toBeGreaterThan(3_000);
    expect(faults).toBeLessThan(300);
  });

  it('shows nothing to what a tenant has left behind', async () => {
    await inTenant(ACME, () => Promise.all([1, 2, 3].map(() => app.query(ALL_TOOLS))));
    expect(await app.query(ALL_TOOLS)).toEqual([]);
  });

  it('throws away a connection that comes back amid a transaction, and gives the next borrower another', async () => {
    const one = await connectDatabase(database.url, logger, 1);
    try {
      const pool = (one.dataSource.driver as unknown as { master: { connect(): Promise<Borrowed> } }).master;
      const left = await inTenant(ACME, () => pool.connect());
      await left.query('BEGIN');
      left.release();
      expect(tenantsIn(await inTenant(GLOBEX, () => one.dataSource.query(ALL_TOOLS)))).toEqual([
        GLOBEX,
        GLOBEX,
        GLOBEX,
      ]);
    } finally {
      await Promise.all([one.dataSource.destroy(), one.workerSource.destroy()]);
    }
  });
});

interface Borrowed {
  query(statement: string): Promise<unknown>;
  release(): void;
}
