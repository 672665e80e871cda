// needs: redis
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { RedisEventBus } from '../../src/adapters/event-bus/index.js';
import { UsageService } from '../../src/features/usage/index.js';
import type { UsageRow } from '../../src/features/usage/usage.service.js';
import { startRedis, type TestRedis } from '../testkit/redis.js';
import { UsageRig } from '../testkit/usage-rig.js';

let redis: TestRedis;
let rig: UsageRig;
const buses: RedisEventBus[] = [];
const newBus = (): RedisEventBus => {
  const bus = new RedisEventBus({ url: redis.url, logger: pino({ level: 'silent' }) });
  buses.push(bus);
  return bus;
};

beforeAll(async () => {
  redis = await startRedis();
  rig = await UsageRig.create(newBus());
});
afterAll(async () => {
  await rig?.close();
  await Promise.all(buses.map((bus) => bus.close()));
  await redis?.close();
});

describe('the usage of an instance', () => {
  it('is followed on one server when another one counts it', async () => {
    await rig.newRun();
    const elsewhere = new UsageService({ ...rig.shared, bus: newBus() });
    const { journal, meter } = await rig.meter();
    const watch = await elsewhere.changes(rig.actor, rig.instanceId);
    expect(await watch.next()).toEqual({ done: false, value: [] });
    const next = watch.next() as Promise<{ value: UsageRow[] }>;
    rig.record(journal, { startedAt: new Date() });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const before = performance.now();
    await meter.flush();
    expect((await next).value).toMatchObject([{ figures: { requestCount: 1 } }]);
    // By its tick: the watch looks by itself 5 s after it looked last.
    expect(performance.now() - before).toBeLessThan(2000);
    await watch.return();
    await meter.close();
  });
});
