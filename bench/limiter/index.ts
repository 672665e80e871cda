import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { RedisRateLimiter } from '../../src/adapters/rate-limiter/index.js';
import type { Group, GroupContext, GroupResult, Row } from '../harness/group.js';
import { NO_REDIS, startBenchRedis } from '../harness/redis.js';
import { median, quantile, ratios } from '../harness/statistics.js';
import { callAdmission } from './call-admission.js';
import { passedOfContenders } from './contention.js';
import { RawLimiter } from './raw-limiter.js';

const LIMIT = 100;
const PLENTY = { limit: 1_000_000, windowSeconds: 600 };
const FEW = { limit: 1, windowSeconds: 600 };
const SIDES = ['raw EVALSHA', 'allowed', 'refused'] as const;
type Side = (typeof SIDES)[number];

/** The limiter on a real Redis beside the bare script on the same one; needs redis-server. */
export const limiter: Group = {
  name: 'limiter',
  async measure(context) {
    const redis = await startBenchRedis();
    if (!redis) return { rows: [], skips: [{ name: 'RedisRateLimiter : raw EVALSHA', reason: NO_REDIS }] };
    try {
      const rows = await compare(context, redis.url);
      const passed: number[] = [];
      for (let round = 0; round < (context.quick ? 1 : 5); round += 1) {
        passed.push(await passedOfContenders(context.root, redis.url, `contended-${round}`, LIMIT));
      }
      const off = passed.map((count) => Math.abs(count - LIMIT));
      const exact: Row = {
        name: `500 calls of two processes against ${LIMIT}: off by`,
        unit: 'passed',
        samples: [Math.max(...off)],
        goal: { atMost: 0 },
      };
      return { rows: [...rows, exact, ...(await callAdmission(context, redis.url))], skips: [] };
    } finally {
      await redis.close();
    }
  },
};

async function compare({ quick, say }: GroupContext, url: string): Promise<GroupResult['rows']> {
  const raw = await RawLimiter.open(url);
  const own = new RedisRateLimiter({ url, logger: pino({ level: 'silent' }) });
  const latencies: Record<Side, number[][]> = { 'raw EVALSHA': [], allowed: [], refused: [] };
  const expectAllowed = async (key: string, limit: typeof PLENTY, expected: boolean) => {
    const { allowed } = await own.consume(key, 1, limit);
    if (allowed !== expected) throw new Error(`The limiter ${allowed ? 'let through' : 'refused'} what it should not.`);
  };
  const calls: Readonly<Record<Side, () => Promise<unknown>>> = {
    'raw EVALSHA': () => raw.consume('raw', 1, PLENTY.windowSeconds),
    allowed: () => expectAllowed('allowed', PLENTY, true),
    refused: () => expectAllowed('refused', FEW, false),
  };
  try {
    await delay(200); // to connect
    await expectAllowed('refused', FEW, true);
    for (let round = 0; round < (quick ? 1 : 7); round += 1) {
      // Turn and turn about in small blocks, so that all meet the same machine.
      for (const side of SIDES) latencies[side].push([]);
      for (let block = 0; block < (quick ? 4 : 20); block += 1) {
        for (const side of SIDES) latencies[side].at(-1)!.push(...(await timed(calls[side], 200)));
      }
      say(
        `round ${round + 1}: ${SIDES.map((side) => `${side} p50 ${median(latencies[side].at(-1)!).toFixed(1)} µs`).join(', ')}`,
      );
    }
  } finally {
    raw.close();
    await own.close();
  }
  return rowsOf(latencies);
}

/** Microseconds of so many calls, one after the other. */
async function timed(call: () => Promise<unknown>, count: number): Promise<number[]> {
  const latencies: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const began = performance.now();
    await call();
    latencies.push((performance.now() - began) * 1000);
  }
  return latencies;
}

function rowsOf(latencies: Readonly<Record<Side, readonly number[][]>>): Row[] {
  const at = (side: Side, quantileAt: number) => latencies[side].map((round) => quantile(round, quantileAt));
  const sides = SIDES.map((side): Row => ({
    name: side === 'raw EVALSHA' ? side : `RedisRateLimiter, ${side}`,
    unit: 'µs',
    samples: at(side, 0.5),
    details: { 'p95 µs': at(side, 0.95), 'p99 µs': at(side, 0.99) },
  }));
  return [
    ...sides,
    {
      name: 'allowed : raw EVALSHA, p95',
      unit: '×',
      samples: ratios(at('allowed', 0.95), at('raw EVALSHA', 0.95)),
      goal: { atMost: 1.25 },
      details: { 'p50 ×': ratios(at('allowed', 0.5), at('raw EVALSHA', 0.5)) },
    },
    {
      name: 'refused : raw EVALSHA, p50',
      unit: '×',
      samples: ratios(at('refused', 0.5), at('raw EVALSHA', 0.5)),
      goal: { atMost: 0.1 },
    },
  ];
}
