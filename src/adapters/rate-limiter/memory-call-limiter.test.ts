import { afterEach, describe, expect, it, jest } from '@jest/globals';
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
  afterEach(() => void jest.useRealTimers());

  it('has a subject in mind until its day is over, longer while it has a slot, and forgets no limit before', async () => {
    jest.useFakeTimers({ now: Date.parse('2026-11-21T12:00:00Z') });
    const limiter = new MemoryCallLimiter();
    const [spent, held] = ['spent', 'held'].map((subject) => new CallsOf(limiter, subject));
    const limits = { dayTokens: 100, concurrentCalls: 1 };
    const today = { ...dayOf(), endsAt: new Date('2026-11-22T00:00:00Z') };
    const tomorrow = { ...dayOf(undefined, '2026-11-22'), endsAt: new Date('2026-11-23T00:00:00Z') };
    await spent!.settle((await spent!.ask(limits, today)).callId, spending(100));
    await held!.ask({ concurrentCalls: 1 }, today);

    jest.setSystemTime(Date.parse('2026-11-21T23:59:59Z'));
    jest.advanceTimersByTime(60_000);
    await new CallsOf(limiter, 'late').ask({ dayTokens: 1 }, today);
    expect((await spent!.ask(limits, today)).admitted).toBe(false);

    jest.setSystemTime(Date.parse('2026-11-22T12:00:00Z'));
    jest.advanceTimersByTime(60_000);
    for (let index = 0; index < 100; index += 1) await new CallsOf(limiter, `new ${index}`).settle('', spending(0));
    expect(limiter.subjects).toBe(101);
    expect((await held!.ask({ concurrentCalls: 1 }, tomorrow)).admitted).toBe(false);
  });

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
