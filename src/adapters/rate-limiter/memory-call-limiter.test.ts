import { describe, expect, it } from '@jest/globals';
import {
  CallsOf,
  callLimiterContract,
  dayOf,
  spending,
  WINDOW_MS,
} from '../../../tests/testkit/contracts/call-limiter.contract.js';
import { MemoryCallLimiter } from './memory-call-limiter.js';

callLimiterContract('MemoryCallLimiter', () => {
  const limiter = new MemoryCallLimiter({ windowMs: WINDOW_MS });
  return Promise.resolve({ here: limiter, there: limiter });
});

describe('MemoryCallLimiter', () => {
  it('does not forget what a day has spent when a call of the day before comes late', async () => {
    const calls = new CallsOf(new MemoryCallLimiter({ windowMs: WINDOW_MS }));
    const limits = { dayTokens: 100 };
    const today = dayOf(spending(0), '2026-11-22');
    const { callId } = await calls.ask(limits, today);
    await calls.settle(callId, spending(100), '2026-11-22');
    expect((await calls.ask(limits, dayOf(spending(0), '2026-11-21'))).admitted).toBe(false);
    expect((await calls.ask(limits, today)).admitted).toBe(false);
  });
});
