import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { appendFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { forbidden } from '../../src/kernel/errors.js';
import { newInstanceId, type TenantId } from '../../src/kernel/ids.js';
import type { PageArguments } from '../../src/kernel/pager.js';
import { ModelPrices, NO_TOKENS, spentOnDay } from '../../src/features/usage/index.js';
import { UsageSums } from '../../src/features/usage/usage-sums.js';
import type { UsageDimension, UsageRow } from '../../src/features/usage/usage.service.js';
import { usageType } from '../../src/features/usage/usage.types.js';
import { UsageRig } from '../testkit/usage-rig.js';

let rig: UsageRig;
let dataSource: DataSource;

beforeAll(async () => {
  rig = await UsageRig.create();
  ({ dataSource } = rig);
});
afterAll(() => rig?.close());
beforeEach(() => rig.newRun());
afterEach(() => rig.closeFiles());

const RANGE = { from: new Date('2026-11-01'), to: new Date('2026-11-30') };
const usage = () => rig.service.sums(rig.actor, rig.instanceId, RANGE, ['DAY', 'AI_AGENT']);
const figures = async () => (await usage()).map((row) => row.figures);

describe('usage', () => {
  it('adds up by day and AI agent, and for the run', async () => {
    const { journal, meter } = await rig.meter();
    for (let i = 0; i < 3; i++) rig.record(journal);
    rig.record(journal, {
      startedAt: new Date('2026-11-20T23:59:59.999Z'),
      error: 'PROVIDER_ERROR',
      outcome: 'FAILED',
    });
    await meter.flush();
    rig.record(journal, { startedAt: new Date('2026-11-21T00:00:00.000Z') });
    rig.record(journal, { aiAgent: 'GOOSE' });
    await meter.close();

    const sums = {
      inputTokens: 40,
      outputTokens: 80,
      cacheReadTokens: 120,
      cacheWriteTokens: 160,
      reasoningTokens: 20,
    };
    const failed = { errorCount: 1, errorsPROVIDER_ERROR: 1, errorsCUT: 0 };
    expect(await usage()).toMatchObject([
      { day: '2026-11-20', aiAgent: 'CLAUDE_CODE', figures: { requestCount: 4, ...failed, ...sums } },
      { day: '2026-11-20', aiAgent: 'GOOSE', figures: { requestCount: 1, errorCount: 0, inputTokens: 10 } },
      { day: '2026-11-21', aiAgent: 'CLAUDE_CODE', figures: { requestCount: 1, errorCount: 0, inputTokens: 10 } },
    ]);
    expect(await rig.figuresOfRun()).toMatchObject({
      ...{ request_count: '6', error_count: '1', errors_provider_error: '1', input_tokens: '60', output_tokens: '120' },
      ...{ cache_read_tokens: '180', cache_write_tokens: '240', reasoning_tokens: '30' },
    });
  });

  it('gives the days asked for, both ends included', async () => {
    const { journal, meter } = await rig.meter();
    for (const day of ['18', '19', '20', '21'])
      rig.record(journal, { startedAt: new Date(`2026-11-${day}T01:00:00Z`) });
    await meter.close();
    const range = { from: new Date('2026-11-19'), to: new Date('2026-11-20') };
    const rows = await rig.service.sums(rig.actor, rig.instanceId, range, ['DAY']);
    expect(rows.map(({ day }) => day)).toEqual(['2026-11-19', '2026-11-20']);
  });

  it('keeps tenants apart, also those that share an instance id', async () => {
    const { journal, meter } = await rig.meter();
    rig.record(journal, { tenantId: 'team-b' as TenantId });
    await meter.close();
    expect(await usage()).toEqual([]);
    expect((await rig.figuresOfRun()).request_count).toBe('0');
  });

  it('refuses a range that is turned round or too long, and an instance that is not the own', async () => {
    const between = (from: string, to: string) =>
      rig.service.sums(rig.actor, rig.instanceId, { from: new Date(from), to: new Date(to) }, ['DAY']);
    await expect(between('2026-11-02', '2026-11-01')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(between('2025-01-01', '2026-01-02')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(between('2025-01-01', '2026-01-01')).resolves.toEqual([]);
    rig.missing = forbidden('instance', rig.instanceId);
    await expect(usage()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('counts refused calls apart, and no request', async () => {
    const { journal, meter } = await rig.meter();
    const { tenantId, instanceId, aiAgent, runId, startedAt } = rig.call();
    for (let i = 0; i < 3; i++) journal.limited({ tenantId, instanceId, aiAgent, runId, at: startedAt });
    await meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 0, limitedCount: 3, errorCount: 0 }]);
    expect(await rig.figuresOfRun()).toMatchObject({ request_count: '0', limited_count: '3' });
  });

  it('counts calls that were refused for what they ask as requests and errors', async () => {
    const { journal, meter } = await rig.meter();
    for (let i = 0; i < 3; i++) journal.refused(rig.call());
    await meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 3, errorCount: 3, errorsREFUSED: 3, inputTokens: 0 }]);
    expect(await rig.figuresOfRun()).toMatchObject({ request_count: '3', errors_refused: '3' });
  });

  it('counts calls that were cut, by either side, also as such', async () => {
    const { journal, meter } = await rig.meter();
    rig.record(journal);
    rig.record(journal, { outcome: 'PARTIAL' });
    rig.record(journal, { outcome: 'PARTIAL', error: 'CUT' });
    await meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 3, partialCount: 2, errorCount: 1, errorsCUT: 1 }]);
    expect(await rig.figuresOfRun()).toMatchObject({ request_count: '3', partial_count: '2' });
  });

  it('keeps what cut calls are taken to have spent apart, for the budgets of whoever asks later', async () => {
    const { journal, meter } = await rig.meter();
    const { tenantId, instanceId, aiAgent } = rig.call();
    rig.record(journal, { ...NO_TOKENS, outcome: 'PARTIAL', inputTokens: 7, unreportedTokens: 500 });
    await meter.close();
    expect(await figures()).toMatchObject([{ inputTokens: 7, outputTokens: 0, unpricedTokens: 7 }]);
    expect(await rig.figuresOfRun()).toMatchObject({ input_tokens: '7', unreported_tokens: '500' });
    const spent = spentOnDay(dataSource, {
      budgetCostOf: ({ nanoUsd, unpricedTokens }) => nanoUsd + 2 * unpricedTokens,
    });
    const day = await spent({ tenantId, instanceId, aiAgent }, '2026-11-20');
    expect(day).toEqual({ tokens: 507, costNanoUsd: 1014 });
  });

  it('adds up exactly when several servers write the same day at once', async () => {
    const meters = await Promise.all(Array.from({ length: 4 }, () => rig.meter()));
    for (let round = 0; round < 5; round++) {
      for (const { journal } of meters)
        for (let i = 0; i < 10; i++) rig.record(journal, { aiAgent: i % 2 ? 'GOOSE' : 'CLAUDE_CODE' });
      await Promise.all(meters.map(({ meter }) => meter.flush()));
    }
    await Promise.all(meters.map(({ meter }) => meter.close()));
    expect((await figures()).map(({ requestCount }) => requestCount)).toEqual([100, 100]);
    expect((await rig.figuresOfRun()).request_count).toBe('200');
  });
});

describe('sums', () => {
  it('are told apart by what was asked for', async () => {
    const { journal, meter } = await rig.meter();
    for (const day of ['20', '21'])
      for (const aiAgent of ['CLAUDE_CODE', 'GOOSE'] as const)
        for (const model of ['a', 'b']) rig.record(journal, { aiAgent, model, startedAt: new Date(`2026-11-${day}`) });
    await meter.close();
    const by = async (...groupBy: UsageDimension[]) => {
      const rows = await rig.service.sums(rig.actor, rig.instanceId, RANGE, groupBy);
      expect(rows.reduce((sum, { figures: { requestCount } }) => sum + requestCount, 0)).toBe(8);
      return rows.map(({ day, aiAgent, model }) => [day, aiAgent, model]);
    };
    expect(await by()).toEqual([[null, null, null]]);
    expect(await by('MODEL')).toEqual([
      [null, null, 'a'],
      [null, null, 'b'],
    ]);
    expect(await by('AI_AGENT', 'DAY')).toEqual([
      ['2026-11-20', 'CLAUDE_CODE', null],
      ['2026-11-20', 'GOOSE', null],
      ['2026-11-21', 'CLAUDE_CODE', null],
      ['2026-11-21', 'GOOSE', null],
    ]);
    expect(await by('DAY', 'AI_AGENT', 'MODEL', 'MODEL')).toHaveLength(8);
  });

  it('are none where nothing was used', async () => {
    expect(await rig.service.sums(rig.actor, rig.instanceId, RANGE, [])).toEqual([]);
  });

  it('are refused when there are too many of them, saying what to do', async () => {
    await dataSource.query(
      `INSERT INTO usage_daily (tenant_id, instance_id, ai_agent, day, model, request_count, error_count, input_tokens,
         output_tokens, cache_read_tokens, cache_write_tokens)
       SELECT $1, $2, 'GOOSE', date '2026-01-01' + day, 'm' || model, 1, 0, 0, 0, 0, 0
       FROM generate_series(0, 299) AS day, generate_series(1, 7) AS model`,
      [rig.tenantId, rig.instanceId],
    );
    const year = { from: new Date('2026-01-01'), to: new Date('2026-12-31') };
    const sums = rig.service.sums(rig.actor, rig.instanceId, year, ['DAY', 'MODEL']);
    await expect(sums).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('fewer days'),
    });
    expect(await rig.service.sums(rig.actor, rig.instanceId, year, ['DAY'])).toHaveLength(300);
  });

  it('cost what the prices say, exactly; tokens without a price are told apart', async () => {
    rig.prices = { 'priced-*': { input: 0.1, output: 3, cacheRead: 0.01, cacheWrite: 0.125 } };
    const { journal, meter } = await rig.meter();
    for (let i = 0; i < 3; i++) rig.record(journal, { model: 'priced-1' });
    rig.record(journal, { model: 'dear' });
    rig.record(journal, { model: 'failed', outcome: 'FAILED', error: 'TIMEOUT', ...NO_TOKENS });
    await meter.close();
    const rows = await rig.service.sums(rig.actor, rig.instanceId, RANGE, ['MODEL']);
    // 10 × 0.1 + (20 + 5) × 3 + 30 × 0.01 + 40 × 0.125 USD for a million: 81.3 millionths for each call.
    expect(rows.map(usageType)).toMatchObject([
      { model: 'dear', estimatedCost: null, unpricedTokens: 105, tokenCount: 105 },
      { model: 'failed', estimatedCost: '0', unpricedTokens: 0, errors: [{ error: 'TIMEOUT', count: 1 }] },
      { model: 'priced-1', estimatedCost: '0.0002439', unpricedTokens: 0, errors: [] },
    ]);
    expect(await rig.figuresOfRun()).toMatchObject({ cost_nano_usd: '243900', unpriced_tokens: '105' });
  });

  it('hold whatever a hostile provider claims', async () => {
    rig.prices = { 'm*': { input: 1000, output: 1000, cacheRead: 1000, cacheWrite: 1000 } };
    const { journal, meter } = await rig.meter();
    const most = Number.MAX_SAFE_INTEGER;
    const tokens = { inputTokens: most, outputTokens: most, cacheReadTokens: most, cacheWriteTokens: most };
    for (let i = 0; i < 4000; i++) rig.record(journal, { ...tokens, reasoningTokens: most });
    await meter.close();
    expect(await figures()).toMatchObject([
      { requestCount: 4000, inputTokens: 4e12, costNanoUsd: '20000000000000000000' },
    ]);
  });
});

describe('what was recorded', () => {
  it('is counted once although the answer to its commit was lost', async () => {
    const { journal, meter, store } = await rig.meter();
    store.failing = 'after commit';
    rig.record(journal);
    await expect(meter.flush()).rejects.toThrow('after the commit');
    rig.record(journal);
    await expect(meter.flush()).rejects.toThrow('after the commit');
    store.failing = 'no';
    rig.record(journal);
    await meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 3 }]);
    expect((await rig.figuresOfRun()).request_count).toBe('3');
  });

  it('waits in the journal while the database is away, and is written once afterwards, also by the next server', async () => {
    const { journal, meter, store, directory } = await rig.meter({ segmentBytes: 4000 });
    store.failing = 'before commit';
    for (let i = 0; i < 100; i++) rig.record(journal);
    await expect(meter.flush()).rejects.toThrow('away');
    await expect(meter.close()).rejects.toThrow('away');
    expect(readdirSync(directory).length).toBeGreaterThan(5);
    expect(await usage()).toEqual([]);
    for (let starts = 0; starts < 3; starts++) await (await rig.meter({ directory })).meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 100, unknownCount: 0 }]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is written a part at a time, however much there is', async () => {
    const { journal, meter } = await rig.meter();
    for (let i = 0; i < 6000; i++) rig.record(journal);
    await meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 6000, inputTokens: 60_000 }]);
  });

  it('leaves no file and no row behind once it is written', async () => {
    const { journal, meter, directory } = await rig.meter({ segmentBytes: 1000 });
    for (let i = 0; i < 20; i++) rig.record(journal);
    await meter.flush();
    expect(readdirSync(directory)).toHaveLength(1);
    await meter.close();
    expect(readdirSync(directory)).toEqual([]);
    expect(await rig.appliedSegments(directory)).toEqual([]);
  });

  it.each([
    ['before', 1],
    ['after', 0],
  ] as const)('is not applied again when the process died %s it forgot a segment', async (moment, rows) => {
    const { journal, meter, store, directory } = await rig.meter();
    rig.record(journal);
    store.failing = `${moment} forgetting`;
    await expect(meter.close()).rejects.toThrow('died');
    expect(await rig.appliedSegments(directory)).toHaveLength(rows);
    await (await rig.meter({ directory })).meter.close();
    expect(await rig.appliedSegments(directory)).toEqual([]);
    expect(await figures()).toMatchObject([{ requestCount: 1 }]);
  });

  it('is brought in although a journal before it cannot be, of which it is said once', async () => {
    const { journal, directory } = await rig.meter();
    rig.record(journal);
    const unreadable = `${directory}/gone`;
    const { meter } = await rig.meter({ left: [unreadable, directory] });
    expect(await figures()).toMatchObject([{ requestCount: 1 }]);
    await meter.takeOver();
    expect(rig.logged.match(/cannot be brought in/g)).toHaveLength(1);
    await meter.close();
  });

  it('is applied from where it was when its server died', async () => {
    const { journal, meter, store, directory } = await rig.meter();
    for (let i = 0; i < 5; i++) rig.record(journal);
    await meter.flush();
    for (let i = 0; i < 5; i++) rig.record(journal);
    store.failing = 'before commit';
    await expect(meter.close()).rejects.toThrow('away');
    await (await rig.meter({ directory })).meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 10 }]);
  });
});

describe('a call that was under way when its server was killed', () => {
  const unknown = (page: PageArguments = {}) =>
    rig.unknownCalls.list(rig.actor, { instanceId: rig.instanceId }, page, { withTotal: true });

  it('is UNKNOWN: listed, counted apart, and no request', async () => {
    const { journal, directory, meter } = await rig.meter({ segmentBytes: 1000 });
    const call = rig.call();
    journal.began(call);
    for (let i = 0; i < 9; i++) rig.record(journal);
    await meter.flush();
    for (let starts = 0; starts < 3; starts++) await (await rig.meter({ directory })).meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 9, unknownCount: 1, errorCount: 0 }]);
    expect(await rig.figuresOfRun()).toMatchObject({ request_count: '9', unknown_count: '1' });
    expect(await unknown()).toEqual({
      items: [
        {
          id: call.callId,
          instanceId: rig.instanceId,
          runId: rig.runId,
          aiAgent: 'CLAUDE_CODE',
          createdAt: call.startedAt,
        },
      ],
      ...{ nextCursor: null, totalCount: 1 },
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is counted once although the start that counted it was cut off', async () => {
    const { journal, directory } = await rig.meter();
    journal.began(rig.call());
    rig.record(journal);
    await expect(rig.meter({ directory, failing: 'after unknown' })).rejects.toThrow('after the commit');
    await (await rig.meter({ directory })).meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 1, unknownCount: 1 }]);
  });
});

describe('the list of unknown calls', () => {
  it('is paged both ways, newest first, and shows no other tenant or instance', async () => {
    const { journal, directory } = await rig.meter();
    const begun = [1, 2, 3, 4, 5].map((hour) => rig.call({ startedAt: new Date(`2026-11-20T0${hour}:00:00Z`) }));
    for (const call of begun) journal.began(call);
    journal.began(rig.call({ tenantId: 'team-b' as TenantId }));
    journal.began(rig.call({ instanceId: newInstanceId() }));
    await (await rig.meter({ directory })).meter.close();
    const list = (page: PageArguments) =>
      rig.unknownCalls.list(rig.actor, { instanceId: rig.instanceId }, page, { withTotal: page.after === undefined });
    const ids = begun.map(({ callId }) => callId).reverse();
    const first = await list({ limit: 2 });
    expect([first.items.map(({ id }) => id), first.totalCount]).toEqual([ids.slice(0, 2), 5]);
    expect((await list({ limit: 9, after: first.nextCursor })).items.map(({ id }) => id)).toEqual(ids.slice(2));
    expect((await list({ offset: 4 })).items.map(({ id }) => id)).toEqual(ids.slice(4));
    rig.missing = forbidden('instance', rig.instanceId);
    await expect(list({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('following the usage of today', () => {
  const today = () => ({ startedAt: new Date() });

  it('shows it as it stands, then each change, at most once a second, and nothing of others', async () => {
    const { journal, meter } = await rig.meter();
    rig.record(journal, today());
    await meter.flush();
    const watch = await rig.service.changes(rig.actor, rig.instanceId);
    const counts = async () => {
      const { value } = (await watch.next()) as { value: UsageRow[] };
      return value.map(({ aiAgent, figures: { requestCount } }) => [aiAgent, requestCount]);
    };
    expect(await counts()).toEqual([['CLAUDE_CODE', 1]]);
    const before = performance.now();
    for (let i = 0; i < 20; i++) {
      rig.record(journal, today());
      rig.record(journal, { ...today(), tenantId: 'team-b' as TenantId });
      rig.record(journal, { startedAt: new Date(Date.now() - 24 * 60 * 60 * 1000) });
      await meter.flush();
    }
    expect(await counts()).toEqual([['CLAUDE_CODE', 21]]);
    expect(performance.now() - before).toBeGreaterThan(950);
    const next = counts();
    rig.record(journal, { ...today(), aiAgent: 'GOOSE' });
    await meter.flush();
    expect(await next).toEqual([
      ['CLAUDE_CODE', 21],
      ['GOOSE', 1],
    ]);
    await watch.return();
    await meter.close();
  });

  it('is refused for an instance that is not the own', async () => {
    rig.missing = forbidden('instance', rig.instanceId);
    await expect(rig.service.changes(rig.actor, rig.instanceId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a journal', () => {
  it('that ends amid a line is taken as far as it goes', async () => {
    const { journal, directory } = await rig.meter();
    rig.record(journal);
    rig.record(journal);
    const [file] = readdirSync(directory).map((name) => path.join(directory, name));
    const line = JSON.stringify({ ended: rig.call() });
    appendFileSync(file!, line.slice(0, 40));
    const { meter } = await rig.meter({ directory });
    await meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 2, unknownCount: 0 }]);
    expect(rig.logged).toContain('ends amid a line');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('with lines that cannot be read is counted but for these, told of, and put aside', async () => {
    const { journal, directory } = await rig.meter();
    rig.record(journal);
    const [name] = readdirSync(directory) as [string];
    const file = path.join(directory, name);
    appendFileSync(file, `garbage\n${JSON.stringify({ ended: rig.call() })}\n`);
    for (let starts = 0; starts < 2; starts++) await (await rig.meter({ directory })).meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 2 }]);
    expect(rig.logged).toContain('cannot be read');
    expect(readdirSync(directory)).toEqual([name.replace('jsonl', 'damaged')]);
  });

  it('whose damaged lines an earlier server had passed is put aside all the same', async () => {
    const { journal, store, directory } = await rig.meter();
    rig.record(journal);
    const [name] = readdirSync(directory) as [string];
    appendFileSync(path.join(directory, name), 'garbage\n');
    const to = statSync(path.join(directory, name)).size;
    await store.apply(
      { journalId: directory, segmentId: name.slice(7, -6), from: 0, to },
      new UsageSums(new ModelPrices({})),
    );
    await (await rig.meter({ directory })).meter.close();
    expect(readdirSync(directory)).toEqual([name.replace('jsonl', 'damaged')]);
  });

  it('that is shorter than it was, or no text at all, does not keep the server from starting', async () => {
    const { journal, meter, directory } = await rig.meter();
    for (let i = 0; i < 3; i++) rig.record(journal);
    await meter.flush();
    const [name] = readdirSync(directory) as [string];
    truncateSync(path.join(directory, name), 10);
    writeFileSync(path.join(directory, `000007-${randomUUID()}.jsonl`), Buffer.alloc(3 * 1024 ** 2, 7));
    await (await rig.meter({ directory })).meter.close();
    expect(await figures()).toMatchObject([{ requestCount: 3 }]);
  });
});

describe('the model', () => {
  const models = async () => {
    const rows = await rig.service.sums(rig.actor, rig.instanceId, RANGE, ['MODEL']);
    return rows.map(({ model, figures: { requestCount } }) => ({ model, requestCount }));
  };

  it('is told apart; what no model answered, and what is no name, stands together', async () => {
    const { journal, meter } = await rig.meter();
    for (const model of ['claude-sonnet-4-5', 'gpt-5.5', 'gpt-5.5', undefined, 'a b', '<script>', 'x'.repeat(129)])
      rig.record(journal, { model });
    await meter.close();
    expect(await models()).toEqual([
      { model: null, requestCount: 1 },
      { model: 'claude-sonnet-4-5', requestCount: 1 },
      { model: 'gpt-5.5', requestCount: 2 },
      { model: 'other', requestCount: 3 },
    ]);
  });

  it('is one of 32 for an AI agent in a day, however many its provider names, on several servers at once', async () => {
    const meters = await Promise.all([rig.meter(), rig.meter()]);
    for (let round = 0; round < 3; round++) {
      for (const [index, { journal }] of meters.entries())
        for (let i = 0; i < 200; i++) rig.record(journal, { model: `made-up-${index}-${round}-${i}` });
      await Promise.all(meters.map(({ meter }) => meter.flush()));
    }
    const rows = await models();
    expect(rows).toHaveLength(33);
    expect(rows.find(({ model }) => model === 'other')).toEqual({ model: 'other', requestCount: 1200 - 32 });
  });
});
