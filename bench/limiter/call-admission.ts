import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { MemoryCallLimiter, RedisCallLimiter } from '../../src/adapters/rate-limiter/index.js';
import type { AskedCall, CallLimiter, CallLimits } from '../../src/ports/call-limiter.js';
import type { GroupContext, Row } from '../harness/group.js';
import { median, quantile } from '../harness/statistics.js';

/** All that may be limited over servers, and nothing of it reached. */
const PLENTY: CallLimits = {
  requestsPerMinute: 1_000_000,
  tokensPerMinute: 1e12,
  concurrentCalls: 1000,
  dayTokens: 1e12,
  dayCostNanoUsd: 1e15,
};
const FEW: CallLimits = { ...PLENTY, requestsPerMinute: 1 };

type Side = `${'Redis' | 'memory'}, ${'admitted and settled' | 'refused'}`;

/** What it costs a model call to be admitted and settled, and to be refused. */
export async function callAdmission({ quick, say }: GroupContext, url: string): Promise<Row[]> {
  const limiters = {
    Redis: new RedisCallLimiter({ url, logger: pino({ level: 'silent' }) }),
    memory: new MemoryCallLimiter(),
  };
  await delay(200); // to connect
  try {
    const calls = new Map<Side, () => Promise<void>>();
    for (const [name, limiter] of Object.entries(limiters) as ['Redis' | 'memory', CallLimiter][]) {
      await ask(limiter, 'refused', FEW, true);
      calls.set(`${name}, admitted and settled`, () => pass(limiter));
      calls.set(`${name}, refused`, () => ask(limiter, 'refused', FEW, false));
    }
    const latencies = new Map([...calls.keys()].map((side) => [side, [] as number[][]]));
    for (let round = 0; round < (quick ? 1 : 7); round += 1) {
      for (const [side, call] of calls) latencies.get(side)!.push(await timed(call, quick ? 200 : 3000));
      say(
        `round ${round + 1}: ${[...latencies].map(([side, rounds]) => `${side} p50 ${median(rounds.at(-1)!).toFixed(1)} µs`).join(', ')}`,
      );
    }
    return [...latencies].map(([side, rounds]): Row => ({
      name: `a model call on ${side}`,
      unit: 'µs',
      samples: rounds.map((round) => median(round)),
      details: { 'p95 µs': rounds.map((round) => quantile(round, 0.95)) },
    }));
  } finally {
    await limiters.Redis.close();
  }
}

let callNumber = 0;

async function ask(limiter: CallLimiter, subject: string, limits: CallLimits, expected: boolean): Promise<void> {
  const { admitted } = await limiter.admit(subject, callWith(limits));
  if (admitted !== expected)
    throw new Error(`The call limiter ${admitted ? 'let through' : 'refused'} what it should not.`);
}

async function pass(limiter: CallLimiter): Promise<void> {
  const call = callWith(PLENTY);
  const { admitted } = await limiter.admit('passed', call);
  if (!admitted) throw new Error('The call limiter refused what it should not.');
  await limiter.settle('passed', { callId: call.callId, day: call.day.day, spent: { tokens: 10, costNanoUsd: 10 } });
}

const callWith = (limits: CallLimits): AskedCall => ({
  callId: `call-${(callNumber += 1)}`,
  limits,
  day: { day: '2026-11-22', endsAt: new Date(Date.now() + 3_600_000), known: { tokens: 0, costNanoUsd: 0 } },
});

/** Microseconds of so many calls, one after the other. */
async function timed(call: () => Promise<void>, count: number): Promise<number[]> {
  const latencies: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const began = performance.now();
    await call();
    latencies.push((performance.now() - began) * 1000);
  }
  return latencies;
}
