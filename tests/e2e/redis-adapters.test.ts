// needs: redis
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { RedisEventBus } from '../../src/adapters/event-bus/index.js';
import { RedisRateLimiter } from '../../src/adapters/rate-limiter/index.js';
import { TriagedError } from '../../src/kernel/errors.js';
import { eventBusContract } from '../testkit/contracts/event-bus.contract.js';
import { rateLimiterContract } from '../testkit/contracts/rate-limiter.contract.js';
import { startRedis, type TestRedis } from '../testkit/redis.js';
import { openTcpGate } from '../testkit/tcp-gate.js';
import { until } from '../testkit/until.js';

const logger = pino({ level: 'silent' });
let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());

const flush = async (): Promise<void> => {
  const client = new Redis(redis.url);
  await client.flushall().finally(() => client.disconnect());
};

async function connectedLimiter(): Promise<RedisRateLimiter> {
  const limiter = new RedisRateLimiter({ url: redis.url, logger });
  await until(() => answers(limiter));
  return limiter;
}

const answers = (limiter: RedisRateLimiter): Promise<boolean> =>
  limiter.ping().then(
    () => true,
    () => false,
  );

eventBusContract('RedisEventBus', () =>
  Promise.resolve({
    here: new RedisEventBus({ url: redis.url, logger }),
    there: new RedisEventBus({ url: redis.url, logger }),
  }),
);

rateLimiterContract('RedisRateLimiter', async () => {
  await flush();
  return { here: await connectedLimiter(), there: await connectedLimiter() };
});

describe('RedisEventBus', () => {
  it('tells its listeners once after Redis came back, and hears again', async () => {
    const bus = new RedisEventBus({ url: redis.url, logger });
    let heard = 0;
    await bus.subscribe('a', () => (heard += 1));
    await redis.kill();
    const before = heard;
    bus.publish('a');
    await redis.restart();
    await until(() => heard > before);
    const after = heard;
    await until(() => {
      bus.publish('a');
      return heard > after;
    });
    await bus.close();
  });

  it('takes a subscription within two seconds while Redis is away, and makes it good', async () => {
    await redis.kill();
    const bus = new RedisEventBus({ url: redis.url, logger });
    let heard = 0;
    const began = Date.now();
    await bus.subscribe('a', () => (heard += 1));
    expect(Date.now() - began).toBeLessThan(2000);
    expect(heard).toBe(0);
    await redis.restart();
    await until(() => heard > 0);
    await bus.close();
  });
});

describe('RedisRateLimiter without Redis', () => {
  const limit = { limit: 100, windowSeconds: 60 };

  async function expectRefusedWithinASecond(limiter: RedisRateLimiter): Promise<void> {
    const began = Date.now();
    const refusal = await limiter.consume(randomUUID(), 1, limit).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(TriagedError);
    expect(refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(Date.now() - began).toBeLessThan(1000);
  }

  it('lets nothing through within a second when Redis is killed, and counts again within five of its return', async () => {
    const limiter = await connectedLimiter();
    await redis.kill();
    await expectRefusedWithinASecond(limiter);
    await expectRefusedWithinASecond(limiter);
    await redis.restart();
    await until(() => answers(limiter), 5000);
    expect(await limiter.consume('t', 1, limit)).toMatchObject({ allowed: true, remaining: 99 });
    await limiter.close();
  });

  it('lets nothing through within a second when Redis hangs', async () => {
    const limiter = await connectedLimiter();
    redis.freeze();
    await expectRefusedWithinASecond(limiter).finally(() => redis.thaw());
    await limiter.close();
  });

  it('says what is left of a refusal of several points without asking a second time', async () => {
    const limiter = await connectedLimiter();
    const key = randomUUID();
    limiter.peek = () => Promise.reject(new Error('asked twice'));
    await limiter.consume(key, 97, limit);
    expect(await limiter.consume(key, 4, limit)).toMatchObject({ allowed: false, remaining: 3 });
    await limiter.close();
  });

  it('counts on after Redis has forgotten its scripts', async () => {
    const limiter = await connectedLimiter();
    const key = randomUUID();
    await limiter.consume(key, 1, limit);
    const client = new Redis(redis.url);
    await client.script('FLUSH');
    client.disconnect();
    expect(await limiter.consume(key, 1, limit)).toMatchObject({ allowed: true, remaining: 98 });
    await limiter.close();
  });
});

describe('a connection that is lost with a command under way', () => {
  it('takes the next one with it neither at once nor later', async () => {
    const gate = await openTcpGate('127.0.0.1', Number(new URL(redis.url).port));
    const limiter = new RedisRateLimiter({ url: `redis://127.0.0.1:${gate.port}`, logger });
    try {
      await until(() => answers(limiter));
      // What comes is taken, told nothing and ended: each new connection's first command stays without an answer.
      gate.shut();
      await until(async () => !(await answers(limiter)));
      await sleep(1000);
      gate.open();
      await until(() => answers(limiter));
      // Longer than a connection may keep a command without an answer.
      for (const ends = Date.now() + 6000; Date.now() < ends; await sleep(10))
        expect(await answers(limiter)).toBe(true);
    } finally {
      await limiter.close();
      await gate.close();
    }
  }, 20_000);
});
