import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pino from 'pino';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { MemoryEventBus } from '../../src/adapters/event-bus/index.js';
import { UsageDaily, UsageMeter, UsageService, UsageStore, type ModelCall } from '../../src/features/usage/index.js';
import type { Actor } from '../../src/kernel/actor.js';
import { forbidden } from '../../src/kernel/errors.js';
import { newInstanceId, newRunId, type InstanceId, type RunId, type TenantId } from '../../src/kernel/ids.js';
import { createTestDatabase, type TestDatabase } from '../testkit/postgres.js';

const logger = pino({ level: 'silent' });
const tenantId = 'team-a' as TenantId;
const actor: Actor = { tenantId, role: 'VIEWER', keyId: 'trg_a' };
const bus = new MemoryEventBus();

let database: TestDatabase;
let dataSource: DataSource;
let instanceId: InstanceId;
let runId: RunId;

const call = (more: Partial<ModelCall> = {}): ModelCall => ({
  ...{ callId: randomUUID(), tenantId, instanceId, runId, aiAgent: 'CLAUDE_CODE', model: 'm', status: 200 },
  ...{ startedAt: new Date('2026-11-20T12:00:00Z'), outcome: 'COMPLETED', error: undefined },
  ...{ inputTokens: 10, outputTokens: 20, cacheReadTokens: 30, cacheWriteTokens: 40, reasoningTokens: 0 },
  ...more,
});
const newMeter = (store: Pick<UsageStore, 'write' | 'forgetOldBatches'> = new UsageStore(dataSource)): UsageMeter =>
  new UsageMeter({ store, bus, logger, flushIntervalMs: 60_000 });

async function figuresOfRun(): Promise<Record<string, string>> {
  const [row] = await dataSource.query<[Record<string, string>]>(
    `SELECT request_count, error_count, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens
     FROM triage_runs WHERE tenant_id = $1 AND id = $2`,
    [tenantId, runId],
  );
  return row;
}

const service = (): UsageService =>
  new UsageService({ dataSource, instances: { requireKnown: async () => undefined } });
const usage = (from = '2026-11-01', to = '2026-11-30') =>
  service().daily(actor, instanceId, new Date(from), new Date(to));

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = createDataSource({ url: database.url, entities: [UsageDaily], migrations, logger, poolSize: 4 });
  await dataSource.initialize();
  await dataSource.runMigrations();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.close();
  await bus.close();
});

beforeEach(async () => {
  instanceId = newInstanceId();
  runId = newRunId();
  const whose = [tenantId, instanceId];
  await dataSource.query(`INSERT INTO instances (tenant_id, id, name) VALUES ($1, $2, $3)`, [...whose, instanceId]);
  await dataSource.query(
    `INSERT INTO ai_agent_configurations (tenant_id, instance_id, ai_agent, revision) VALUES ($1, $2, 'CLAUDE_CODE', 1)`,
    whose,
  );
  await dataSource.query(
    `INSERT INTO credentials (tenant_id, instance_id, ai_agent, version, sealed, fingerprint)
     VALUES ($1, $2, 'CLAUDE_CODE', 1, '\\x00', 'f')`,
    whose,
  );
  await dataSource.query(
    `INSERT INTO triage_runs (tenant_id, instance_id, id, ai_agent, configuration_revision, credential_version, model, prompt,
       incident, timeout_seconds, memory_bytes, input_digest, runtime, model_upstream)
     VALUES ($1, $2, $3, 'CLAUDE_CODE', 1, 1, 'sonnet', 'p', '{}', 60, 1024, '\\x00', 'FAKE', 'MOCK')`,
    [...whose, runId],
  );
});

describe('usage', () => {
  it('adds up by day and AI agent, and for the run', async () => {
    const meter = newMeter();
    for (let i = 0; i < 3; i++) meter.ended(call());
    meter.ended(call({ startedAt: new Date('2026-11-20T23:59:59.999Z'), error: 'PROVIDER_ERROR', outcome: 'FAILED' }));
    await meter.flush();
    meter.ended(call({ startedAt: new Date('2026-11-21T00:00:00.000Z') }));
    meter.ended(call({ aiAgent: 'GOOSE' }));
    await meter.close();

    const sums = { inputTokens: 40, outputTokens: 80, cacheReadTokens: 120, cacheWriteTokens: 160, tokenCount: 400 };
    expect(await usage()).toMatchObject([
      { day: '2026-11-20', aiAgent: 'CLAUDE_CODE', requestCount: 4, errorCount: 1, ...sums },
      { day: '2026-11-20', aiAgent: 'GOOSE', requestCount: 1, errorCount: 0, tokenCount: 100 },
      { day: '2026-11-21', aiAgent: 'CLAUDE_CODE', requestCount: 1, errorCount: 0, tokenCount: 100 },
    ]);
    expect(await figuresOfRun()).toEqual({
      ...{ request_count: '6', error_count: '1', input_tokens: '60', output_tokens: '120' },
      ...{ cache_read_tokens: '180', cache_write_tokens: '240' },
    });
  });

  it('gives the days asked for, both ends included', async () => {
    const meter = newMeter();
    for (const day of ['18', '19', '20', '21']) meter.ended(call({ startedAt: new Date(`2026-11-${day}T01:00:00Z`) }));
    await meter.close();
    const days = (await usage('2026-11-19', '2026-11-20')).map(({ day }) => day);
    expect(days).toEqual(['2026-11-19', '2026-11-20']);
  });

  it('keeps tenants apart, also those that share an instance id', async () => {
    const meter = newMeter();
    meter.ended(call({ tenantId: 'team-b' as TenantId }));
    await meter.close();
    expect(await usage()).toEqual([]);
    expect((await figuresOfRun()).request_count).toBe('0');
  });

  it('refuses a range that is turned round or too long, and an instance that is not the own', async () => {
    await expect(usage('2026-11-02', '2026-11-01')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(usage('2025-01-01', '2026-01-02')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(usage('2025-01-01', '2026-01-01')).resolves.toEqual([]);
    const foreign = new UsageService({
      dataSource,
      instances: { requireKnown: async () => Promise.reject(forbidden('instance', instanceId)) },
    });
    const asked = foreign.daily(actor, instanceId, new Date('2026-11-01'), new Date('2026-11-02'));
    await expect(asked).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('counts a batch once although the answer to its commit was lost', async () => {
    const real = new UsageStore(dataSource);
    let lost = false;
    const meter = newMeter({
      forgetOldBatches: () => real.forgetOldBatches(),
      write: async (batch) => {
        await real.write(batch);
        if (!lost) {
          lost = true;
          throw new Error('the connection was cut after the commit');
        }
      },
    });
    meter.ended(call());
    await expect(meter.flush()).rejects.toThrow('after the commit');
    meter.ended(call());
    await meter.close();
    expect(await usage()).toMatchObject([{ requestCount: 2 }]);
    expect((await figuresOfRun()).request_count).toBe('2');
  });

  it('writes nothing of a batch when a part of it fails', async () => {
    const meter = newMeter();
    meter.ended(call({ inputTokens: -1 }));
    await expect(meter.flush()).rejects.toThrow();
    expect(await usage()).toEqual([]);
    expect((await figuresOfRun()).request_count).toBe('0');
    await expect(meter.close()).rejects.toThrow();
  });

  it('adds up exactly when several servers write the same day at once', async () => {
    const meters = Array.from({ length: 4 }, () => newMeter());
    for (let round = 0; round < 5; round++) {
      for (const meter of meters)
        for (let i = 0; i < 10; i++) meter.ended(call({ aiAgent: i % 2 ? 'GOOSE' : 'CLAUDE_CODE' }));
      await Promise.all(meters.map((meter) => meter.flush()));
    }
    await Promise.all(meters.map((meter) => meter.close()));
    expect((await usage()).map(({ requestCount }) => requestCount)).toEqual([100, 100]);
    expect((await figuresOfRun()).request_count).toBe('200');
  });

  it('forgets the ids of old batches alone', async () => {
    const [old, recent] = [randomUUID(), randomUUID()];
    await dataSource.query(
      `INSERT INTO usage_batches VALUES ($1, now() - interval '8 days'), ($2, now() - interval '6 days')`,
      [old, recent],
    );
    await new UsageStore(dataSource).forgetOldBatches();
    expect(await dataSource.query(`SELECT id FROM usage_batches WHERE id IN ($1, $2)`, [old, recent])).toEqual([
      { id: recent },
    ]);
  });
});
