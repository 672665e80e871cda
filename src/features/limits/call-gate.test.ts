import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { modelCall } from '../../../tests/testkit/recorded-calls.js';
import { MemoryEventBus } from '../../adapters/event-bus/index.js';
import { MemoryCallLimiter } from '../../adapters/rate-limiter/index.js';
import { ModelPrices } from '../usage/index.js';
import { NO_LIMITS } from './ai-agent-limits.js';
import { CallGate } from './call-gate.js';
import { KnownLimits } from './known-limits.js';
import { RunSpending } from './run-spending.js';

it('a call that began yesterday is held to the budget of the day on which it is admitted', async () => {
  const asked: string[] = [];
  const known = new KnownLimits({
    store: { read: () => Promise.resolve({ ...NO_LIMITS, dayTokens: 100 }) },
    spentOn: (_, day) => {
      asked.push(day);
      return Promise.resolve({ tokens: 0, costNanoUsd: 0 });
    },
    bus: new MemoryEventBus(),
    logger: pino({ level: 'silent' }),
  });
  const prices = new ModelPrices({});
  const runs = new RunSpending(prices);
  const gate = new CallGate({
    known,
    limiter: new MemoryCallLimiter(),
    runs,
    prices,
    notices: { reached: () => undefined },
  });
  const call = modelCall({ runId: null, startedAt: new Date(Date.now() - 24 * 60 * 60 * 1000) });
  expect(await gate.admit(call)).toMatchObject({ admitted: true });
  expect(asked).toEqual([new Date().toISOString().slice(0, 10)]);
});
