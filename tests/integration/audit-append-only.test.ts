import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Audit } from '../../src/features/audit/index.js';
import type { InstanceId } from '../../src/kernel/ids.js';
import { newInstanceId } from '../../src/kernel/ids.js';
import { actorOf, DomainRig } from '../testkit/domain.js';

const acme = actorOf('acme');
const CHANGES = [
  `UPDATE audit_events SET action = 'FORGED'`,
  `UPDATE audit_events SET action = 'FORGED' WHERE false`,
  `DELETE FROM audit_events`,
  `TRUNCATE audit_events`,
  `INSERT INTO audit_events (tenant_id, id, action, details) SELECT tenant_id, id, 'FORGED', '{}' FROM audit_events
   ON CONFLICT (id) DO UPDATE SET action = 'FORGED'`,
  `MERGE INTO audit_events AS old USING audit_events AS new ON old.id = new.id WHEN MATCHED THEN DELETE`,
];
/** What a role would try that may do everything with the rows. */
const EVASIONS = [
  `ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only`,
  `DROP TRIGGER audit_events_append_only ON audit_events`,
  `DROP TABLE audit_events`,
  `SET session_replication_role = replica`,
];

let rig: DomainRig;
let dataSource: DataSource;
const role = `app_${randomBytes(6).toString('hex')}`;

beforeAll(async () => {
  rig = await DomainRig.create();
  ({ dataSource } = await rig.server());
  await dataSource.query(`CREATE ROLE ${role} NOLOGIN`);
  await dataSource.query(`GRANT ALL ON audit_events TO ${role}`);
  await record(newInstanceId());
}, 60_000);
afterAll(async () => {
  await dataSource?.query(`DROP OWNED BY ${role}`);
  await dataSource?.query(`DROP ROLE ${role}`);
  await rig?.close();
});

const record = (instanceId: InstanceId) =>
  Audit.record(dataSource.manager, acme, { action: 'INSTANCE_STARTED', instanceId });

const actions = async (): Promise<unknown[]> =>
  (await dataSource.query<{ action: string }[]>('SELECT action FROM audit_events')).map(({ action }) => action);

/** Runs a statement as the role, on a connection of its own. */
async function as(asRole: string | undefined, ...statements: string[]): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    if (asRole) await runner.query(`SET LOCAL ROLE ${asRole}`);
    for (const statement of statements) await runner.query(statement);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  } finally {
    await runner.release();
  }
}

describe('the table of audit events', () => {
  it.each(CHANGES)('refuses to its owner: %s', async (statement) => {
    await expect(as(undefined, statement)).rejects.toThrow(/append-only/);
    expect(await actions()).toEqual(['INSTANCE_STARTED']);
  });

  it.each(CHANGES)('refuses to a role with every right on its rows: %s', async (statement) => {
    await expect(as(role, statement)).rejects.toThrow(/append-only/);
    expect(await actions()).toEqual(['INSTANCE_STARTED']);
  });

  it.each(EVASIONS)('does not let such a role lift that: %s', async (statement) => {
    await expect(as(role, statement, `DELETE FROM audit_events`)).rejects.toMatchObject({ code: '42501' });
    expect(await actions()).toEqual(['INSTANCE_STARTED']);
  });

  it('refuses a change also to a session that replays a replication stream', async () => {
    const replay = as(undefined, `SET LOCAL session_replication_role = replica`, `DELETE FROM audit_events`);
    await expect(replay).rejects.toThrow(/append-only/);
    expect(await actions()).toEqual(['INSTANCE_STARTED']);
  });
});

describe('Audit.record', () => {
  it('leaves nothing when its transaction is rolled back', async () => {
    const instanceId = newInstanceId();
    const transaction = dataSource.transaction(async (manager) => {
      await Audit.record(manager, acme, { action: 'INSTANCE_CREATED', instanceId });
      throw new Error('changed my mind');
    });
    await expect(transaction).rejects.toThrow('changed my mind');
    expect(await dataSource.query('SELECT FROM audit_events WHERE instance_id = $1', [instanceId])).toEqual([]);
  });

  it('names no key for what the server does of its own accord', async () => {
    const instanceId = newInstanceId();
    await Audit.record(
      dataSource.manager,
      { tenantId: acme.tenantId },
      { action: 'CREDENTIAL_DESTROYED', instanceId, aiAgent: 'GOOSE', credentialVersion: 3 },
    );
    expect(
      await dataSource.query(
        `SELECT key_id, role, client_address, ai_agent, credential_version, details FROM audit_events
         WHERE instance_id = $1`,
        [instanceId],
      ),
    ).toEqual([
      { key_id: null, role: null, client_address: null, ai_agent: 'GOOSE', credential_version: 3, details: {} },
    ]);
  });

  it('keeps the order of events of one transaction', async () => {
    const instanceId = newInstanceId();
    const versions = Array.from({ length: 50 }, (_, index) => index + 1);
    await dataSource.transaction(async (manager) => {
      for (const credentialVersion of versions) {
        const event = { action: 'CREDENTIAL_ROTATED', instanceId, aiAgent: 'CLAUDE_CODE', credentialVersion } as const;
        await Audit.record(manager, acme, event);
      }
    });
    const rows = await dataSource.query<{ version: number }[]>(
      `SELECT credential_version AS version FROM audit_events WHERE instance_id = $1 ORDER BY created_at, id`,
      [instanceId],
    );
    expect(rows.map(({ version }) => version)).toEqual(versions);
  });
});
