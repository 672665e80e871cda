import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { MeterModelCalls20261122000010 } from '../../migrations/20261122000010-meter-model-calls.js';
import { migrations } from '../../migrations/index.js';
import { createDataSource } from '../../src/adapters/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '../testkit/postgres.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = { url: database.url, entities: [], migrations, logger: pino({ level: 'silent' }), poolSize: 2 };
  dataSource = await createDataSource(options).initialize();
});
afterAll(async () => {
  await dataSource?.destroy();
  await database?.close();
});

it('keeps what was counted before models were told apart, and sums what came since when it is undone', async () => {
  const runner = dataSource.createQueryRunner();
  const earlier = migrations.slice(0, migrations.indexOf(MeterModelCalls20261122000010));
  for (const migration of earlier) await new migration().up(runner);
  const step = new MeterModelCalls20261122000010();
  const instanceId = randomUUID();
  const key = ['acme', instanceId, 'GOOSE', '2026-11-20'];
  const columns = 'request_count, error_count, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens';
  await runner.query(
    `INSERT INTO usage_daily (tenant_id, instance_id, ai_agent, day, ${columns}) VALUES ($1, $2, $3, $4, 5, 1, 10, 20, 30, 40)`,
    key,
  );
  await step.up(runner);
  const rows = `SELECT model, request_count::int, unpriced_tokens::int, cost_nano_usd::int FROM usage_daily ORDER BY model`;
  expect(await runner.query(rows)).toEqual([{ model: '', request_count: 5, unpriced_tokens: 100, cost_nano_usd: 0 }]);
  await runner.query(
    `INSERT INTO usage_daily (tenant_id, instance_id, ai_agent, day, model, ${columns}, reasoning_tokens)
     VALUES ($1, $2, $3, $4, 'm', 2, 0, 1, 2, 3, 4, 5)`,
    key,
  );
  await step.down(runner);
  expect(await runner.query(`SELECT ${columns} FROM usage_daily`)).toEqual([
    {
      ...{ request_count: '7', error_count: '1', input_tokens: '11', output_tokens: '27' },
      ...{ cache_read_tokens: '33', cache_write_tokens: '44' },
    },
  ]);
  await runner.release();
});
