import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { newInstanceId, newRunId, type TenantId } from '../../kernel/ids.js';
import { topics } from '../../ports/event-bus.js';
import type { ModelCall } from './model-call.js';
import { UsageMeter } from './usage-meter.js';
import type { UsageBatch } from './usage-batch.js';

const runId = newRunId();
const call = (more: Partial<ModelCall> = {}): ModelCall => ({
  ...{ callId: randomUUID(), tenantId: 'demo' as TenantId, instanceId: newInstanceId(), runId, aiAgent: 'CLAUDE_CODE' },
  ...{
    startedAt: new Date('2026-11-20T23:59:59.999Z'),
    model: 'm',
    status: 200,
    outcome: 'COMPLETED',
    error: undefined,
  },
  ...{ inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4, reasoningTokens: 0 },
  ...more,
});

/** A store that keeps what is written by batch id, as the database does, and fails when told. */
class MemoryStore {
  readonly batches = new Map<string, number>();
  failing: 'no' | 'before' | 'after commit' = 'no';
  gate: Promise<unknown> = Promise.resolve();

  async write(batch: UsageBatch): Promise<void> {
    await this.gate;
    if (this.failing === 'before') throw new Error('the database is away');
    if (!this.batches.has(batch.id))
      this.batches.set(
        batch.id,
        batch.daily().reduce((sum, row) => sum + row.requestCount, 0),
      );
    if (this.failing === 'after commit') throw new Error('the answer to the commit was lost');
  }

  async forgetOldBatches(): Promise<void> {
    this.batches.delete('none');
  }

  get requests(): number {
    return [...this.batches.values()].reduce((sum, requests) => sum + requests, 0);
  }
}

let store: MemoryStore;
let published: string[];
let meter: UsageMeter;
const newMeter = (flushIntervalMs: number): UsageMeter =>
  new UsageMeter({
    ...{ store, flushIntervalMs, logger: pino({ level: 'silent' }) },
    bus: {
      publish: (topic) => void published.push(topic),
      subscribe: async () => () => undefined,
      close: async () => undefined,
    },
  });

beforeEach(() => {
  store = new MemoryStore();
  published = [];
  meter = newMeter(60_000);
});
afterEach(async () => {
  store.failing = 'no';
  await meter.close();
});

describe('UsageMeter', () => {
  it('writes nothing when nothing was recorded', async () => {
    await meter.flush();
    expect(store.batches.size).toBe(0);
  });

  it('sums calls into one batch and announces the run', async () => {
    for (let i = 0; i < 1000; i++) meter.ended(call());
    expect(store.requests).toBe(0);
    await meter.flush();
    expect([...store.batches.values()]).toEqual([1000]);
    expect(published).toEqual([topics.run(runId)]);
  });

  it.each(['before', 'after commit'] as const)('counts once when the database fails %s', async (moment) => {
    meter.ended(call());
    store.failing = moment;
    await expect(meter.flush()).rejects.toThrow();
    meter.ended(call());
    await expect(meter.flush()).rejects.toThrow();
    expect(published).toEqual([]);
    store.failing = 'no';
    await meter.flush();
    await meter.flush();
    expect(store.requests).toBe(2);
  });

  it('writes what was recorded during a flush before the next flush resolves', async () => {
    const gate = Promise.withResolvers<unknown>();
    store.gate = gate.promise;
    meter.ended(call());
    const first = meter.flush();
    meter.ended(call());
    const second = meter.flush();
    gate.resolve(undefined);
    await Promise.all([first, second]);
    expect(store.requests).toBe(2);
  });

  it('flushes by itself, goes on after a failure, and a last time when closed', async () => {
    const ticking = newMeter(10);
    store.failing = 'before';
    ticking.ended(call());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(store.requests).toBe(0);
    store.failing = 'no';
    for (let tries = 0; tries < 200 && store.requests < 1; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(store.requests).toBe(1);
    ticking.ended(call());
    await ticking.close();
    expect(store.requests).toBe(2);
  });
});
