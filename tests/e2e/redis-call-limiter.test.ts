// needs: redis
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { RedisCallLimiter } from '../../src/adapters/rate-limiter/index.js';
import { TriagedError } from '../../src/kernel/errors.js';
import {
  CallsOf,
  callLimiterContract,
  dayOf,
  spending,
  WINDOW_MS,
} from '../testkit/contracts/call-limiter.contract.js';
import { startRedis, type TestRedis } from '../testkit/redis.js';
import { until } from '../testkit/until.js';

const logger = pino({ level: 'silent' });
const LEASE_MS = 600;
let redis: TestRedis;
let admin: Redis;
beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.url);
  admin.on('error', () => undefined);
});
afterAll(async () => {
  admin.disconnect();
  await redis.close();
});

const passes = (calls: CallsOf): Promise<boolean> =>
  calls.ask({ requestsPerMinute: 1000 }).then(
    ({ admitted }) => admitted,
    () => false,
  );

async function connected(subject = 's'): Promise<CallsOf> {
  const limiter = new RedisCallLimiter({ url: redis.url, logger, windowMs: WINDOW_MS, leaseMs: LEASE_MS });
  await until(() => passes(new CallsOf(limiter, 'ready')));
  return new CallsOf(limiter, subject);
}

callLimiterContract('RedisCallLimiter', async () => {
  await admin.flushall();
  return { here: (await connected()).limiter, there: (await connected()).limiter };
});

describe('RedisCallLimiter', () => {
  it('frees the slots of a server that was killed when their lease runs out, and keeps those of a living one', async () => {
    await admin.flushall();
    const limits = { concurrentCalls: 2 };
    const [dying, living] = [await connected(), await connected()];
    await dying.ask(limits);
    await living.ask(limits);
    // As a kill: nothing is settled, nothing renewed.
    await dying.limiter.close();
    const began = Date.now();
    expect((await living.ask(limits)).admitted).toBe(false);
    await until(async () => (await living.ask(limits)).admitted);
    expect(Date.now() - began).toBeLessThan(LEASE_MS + 200);
    await sleep(2 * LEASE_MS);
    expect((await living.ask(limits)).admitted).toBe(false);
    await living.limiter.close();
  });

  it('tells a Redis that came back empty of the calls under way, and of what is known of the day', async () => {
    await admin.flushall();
    const calls = await connected();
    const limits = { concurrentCalls: 2, dayTokens: 100 };
    const [one, two] = [await calls.ask(limits), await calls.ask(limits)];
    expect([one.admitted, two.admitted]).toEqual([true, true]);
    await redis.kill();
    await redis.restart();
    await until(() => passes(calls));
    expect(await calls.ask(limits)).toMatchObject({ admitted: false, limit: 'concurrentCalls' });
    await calls.settle(one.callId);
    expect((await calls.ask(limits, dayOf(spending(99)))).admitted).toBe(true);
    expect(await calls.ask(limits, dayOf(spending(100)))).toMatchObject({ admitted: false, limit: 'dayTokens' });
    await calls.limiter.close();
  });

  it('forgets what a subject did: nothing is kept for longer than two days', async () => {
    await admin.flushall();
    const calls = await connected('forgotten');
    const limits = { requestsPerMinute: 1, tokensPerMinute: 1e6, concurrentCalls: 1, dayTokens: 1e6 };
    const { callId } = await calls.ask(limits);
    await calls.ask(limits);
    await calls.settle(callId, spending(1));
    const keys = await admin.keys('*forgotten*');
    expect(keys.length).toBeGreaterThanOrEqual(4);
    for (const key of keys) {
      const ttl = await admin.pttl(key);
      expect({ key, bounded: ttl > 0 && ttl <= 48 * 3_600_000 }).toEqual({ key, bounded: true });
    }
    await calls.limiter.close();
  });
});

describe('RedisCallLimiter without Redis', () => {
  async function expectRefusedWithinASecond(calls: CallsOf): Promise<void> {
    const began = Date.now();
    const refusal = await calls.ask({ requestsPerMinute: 100 }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(TriagedError);
    expect(refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(Date.now() - began).toBeLessThan(1000);
    // Settling waits for nobody and fails for nobody.
    await calls.settle('call', spending(1));
    expect(Date.now() - began).toBeLessThan(2000);
  }

  it('lets nothing through within a second when Redis is killed, and counts again within five of its return', async () => {
    const calls = await connected();
    await redis.kill();
    await expectRefusedWithinASecond(calls);
    await redis.restart();
    await until(() => passes(calls), 5000);
    await calls.limiter.close();
  });

  it('lets nothing through within a second when Redis hangs', async () => {
    const calls = await connected();
    redis.freeze();
    await expectRefusedWithinASecond(calls).finally(() => redis.thaw());
    await calls.limiter.close();
  });

  it('lets nothing through while Redis is out of memory and may evict nothing', async () => {
    const calls = await connected();
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'maxmemory', '1mb');
    try {
      await expect(calls.ask({ requestsPerMinute: 100 })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      await expect(calls.ask({ concurrentCalls: 100 })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    expect(await passes(calls)).toBe(true);
    await calls.limiter.close();
  });

  it('counts on after Redis has forgotten its scripts', async () => {
    await admin.flushall();
    const calls = await connected();
    const limits = { requestsPerMinute: 2 };
    await calls.ask(limits);
    await admin.script('FLUSH');
    expect((await calls.ask(limits)).admitted).toBe(true);
    expect((await calls.ask(limits)).admitted).toBe(false);
    await calls.limiter.close();
  });
});
