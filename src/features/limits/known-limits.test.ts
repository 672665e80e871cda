import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { MemoryEventBus } from '../../adapters/event-bus/index.js';
import { newInstanceId, type TenantId } from '../../kernel/ids.js';
import type { Spending } from '../../ports/call-limiter.js';
import { topics } from '../../ports/event-bus.js';
import { NO_LIMITS } from './ai-agent-limits.js';
import type { AiAgentLimits, LimitsOwner } from './ai-agent-limits.js';
import { KnownLimits } from './known-limits.js';

const owner: LimitsOwner = { tenantId: 'acme' as TenantId, instanceId: newInstanceId(), aiAgent: 'GOOSE' };
const NOON = new Date('2026-11-22T12:00:00Z');
const spending = (tokens: number): Spending => ({ tokens, costNanoUsd: 0 });

/** A database of one row, which a test makes slow or takes away. */
class Row {
  limits: AiAgentLimits = NO_LIMITS;
  spent = spending(0);
  reads = 0;
  answer: () => Promise<void> = () => Promise.resolve();

  async read(): Promise<AiAgentLimits> {
    const { limits } = this;
    this.reads += 1;
    await this.answer();
    return limits;
  }
}

let row: Row;
let bus: MemoryEventBus;
let known: KnownLimits;
beforeEach(() => {
  row = new Row();
  bus = new MemoryEventBus();
  known = new KnownLimits({
    ...{ store: row, bus, logger: pino({ level: 'silent' }) },
    spentOn: () => Promise.resolve(row.spent),
  });
});
afterEach(() => known.close());

const requests = async () => (await known.of(owner, NOON)).limits.requestsPerMinute;

describe('KnownLimits', () => {
  it('reads once for many calls, and anew after a tick', async () => {
    expect(await Promise.all([requests(), requests(), requests()])).toEqual([null, null, null]);
    expect(row.reads).toBe(1);
    row.limits = { ...NO_LIMITS, requestsPerMinute: 5 };
    expect(await requests()).toBeNull();
    bus.publish(topics.limits(owner.instanceId));
    await sleep(5);
    expect(await requests()).toBe(5);
    expect(row.reads).toBe(2);
  });

  it('reads anew what is older than two seconds', async () => {
    expect(await requests()).toBeNull();
    row.limits = { ...NO_LIMITS, requestsPerMinute: 5 };
    await sleep(2050);
    expect(await requests()).toBe(5);
  });

  it('does not take what was read before a change for what stands after it', async () => {
    const slow = Promise.withResolvers<void>();
    row.answer = () => slow.promise;
    const before = requests();
    row.limits = { ...NO_LIMITS, requestsPerMinute: 5 };
    row.answer = () => Promise.resolve();
    known.expire(owner);
    expect(await requests()).toBe(5);
    slow.resolve();
    await before;
    expect(await requests()).toBe(5);
  });

  it('goes on with what was known last when the database refuses, or does not answer within half a second', async () => {
    row.limits = { ...NO_LIMITS, requestsPerMinute: 5 };
    expect(await requests()).toBe(5);
    row.answer = () => Promise.reject(new Error('away'));
    known.expire(owner);
    expect(await requests()).toBe(5);
    row.answer = () => new Promise(() => undefined);
    known.expire(owner);
    const began = Date.now();
    expect(await requests()).toBe(5);
    expect(Date.now() - began).toBeLessThan(900);
  });

  it('lets nothing pass while limits, or the spending of a day with a budget, were never read', async () => {
    row.answer = () => Promise.reject(new Error('away'));
    await expect(requests()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    row.answer = () => Promise.resolve();
    row.limits = { ...NO_LIMITS, dayTokens: 100 };
    expect((await known.of(owner, NOON)).limits.dayTokens).toBe(100);
    row.answer = () => Promise.reject(new Error('away'));
    const tomorrow = new Date('2026-11-23T00:00:00Z');
    await expect(known.of(owner, tomorrow)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it("knows of a day's spending the greater of what the database says and what was spent here since", async () => {
    row.limits = { ...NO_LIMITS, dayTokens: 100 };
    row.spent = spending(10);
    const spent = async () => (await known.of(owner, NOON)).day.known.tokens;
    expect(await spent()).toBe(10);
    known.spend(owner, '2026-11-22', spending(5));
    known.spend(owner, '2026-11-21', spending(1000));
    expect(await spent()).toBe(15);
    known.expire(owner);
    expect(await spent()).toBe(15);
    row.spent = spending(40);
    known.expire(owner);
    expect(await spent()).toBe(40);
  });

  it('says once that limits cannot be read, and once that they are again', async () => {
    const logged: string[] = [];
    const logger = pino({}, { write: (line: string) => void logged.push((JSON.parse(line) as { msg: string }).msg) });
    const said = new KnownLimits({ store: row, bus, logger, spentOn: () => Promise.resolve(row.spent) });
    row.answer = () => Promise.reject(new Error('away'));
    for (let i = 0; i < 10; i++) await said.of(owner, NOON).catch(() => undefined);
    row.answer = () => Promise.resolve();
    for (let i = 0; i < 3; i++) await said.of(owner, NOON);
    expect(logged).toEqual(['the limits of an AI agent could not be read', 'the limits of an AI agent are read again']);
  });
});

describe('at midnight', () => {
  const LATE = new Date('2026-11-22T23:59:59.990Z');
  const NEXT = new Date('2026-11-23T00:00:00.010Z');
  beforeEach(() => {
    row.limits = { ...NO_LIMITS, dayTokens: 100 };
  });

  it('a call of the new day does not take a reading of the old one for its own', async () => {
    const slow = Promise.withResolvers<void>();
    row.answer = () => slow.promise;
    const [late, next] = [known.of(owner, LATE), known.of(owner, NEXT)];
    slow.resolve();
    expect((await next).day.day).toBe('2026-11-23');
    await late;
  });

  it('what the new day has spent is not forgotten when calls of the old one come late', async () => {
    await known.of(owner, NEXT);
    known.spend(owner, '2026-11-23', spending(7));
    known.expire(owner);
    for (const when of [LATE, NEXT, LATE, NEXT]) {
      const { day } = await known.of(owner, when);
      expect([day.day, day.known.tokens, day.endsAt.toISOString()]).toEqual([
        ...['2026-11-23', 7],
        '2026-11-24T00:00:00.000Z',
      ]);
    }
    expect(row.reads).toBe(2);
  });
});

describe('of many AI agents', () => {
  const HOUR_MS = 60 * 60 * 1000;
  const other: LimitsOwner = { ...owner, instanceId: newInstanceId() };
  const third: LimitsOwner = { ...owner, instanceId: newInstanceId() };
  const readFor = async (whose: LimitsOwner) => {
    const before = row.reads;
    await known.of(whose, NOON);
    return row.reads - before;
  };
  afterEach(() => void jest.useRealTimers());

  it("another instance's change, or another AI agent's here, has none of this one's read anew", async () => {
    await Promise.all([known.of(owner, NOON), known.of(other, NOON)]);
    known.expire(other);
    known.expire({ ...owner, aiAgent: 'CODEX_CLI' });
    bus.publish(topics.limits(other.instanceId));
    await sleep(5);
    expect(await readFor(owner)).toBe(0);
    expect(await readFor(other)).toBe(1);
  });

  it('what no call has asked for in an hour is forgotten, hears no more, and is read again by the next call', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    row.limits = { ...NO_LIMITS, requestsPerMinute: 5 };
    await Promise.all([known.of(owner, NOON), known.of(other, NOON)]);
    jest.advanceTimersByTime(HOUR_MS / 2);
    await known.of(other, NOON);
    jest.advanceTimersByTime(HOUR_MS / 2);
    await known.of(third, NOON);
    expect([known.size, known.lastOf(owner), known.lastOf(other)]).toEqual([2, undefined, row.limits]);
    expect(await readFor(owner)).toBe(1);
    expect(known.lastOf(owner)).toEqual(row.limits);
  });

  it('nothing is forgotten while the database is away', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    row.limits = { ...NO_LIMITS, requestsPerMinute: 5 };
    await known.of(owner, NOON);
    row.answer = () => Promise.reject(new Error('away'));
    await known.of(other, NOON).catch(() => undefined);
    jest.advanceTimersByTime(2 * HOUR_MS);
    await known.of(third, NOON).catch(() => undefined);
    expect(await requests()).toBe(5);
  });
});
