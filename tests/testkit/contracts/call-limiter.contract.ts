import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BudgetDay, CallDecision, CallLimiter, CallLimits, Spending } from '../../../src/ports/call-limiter.js';

export const WINDOW_MS = 1000;
export const UNLIMITED: CallLimits = {
  ...{ requestsPerMinute: null, tokensPerMinute: null, concurrentCalls: null },
  ...{ dayTokens: null, dayCostNanoUsd: null },
};
export const spending = (tokens: number, costNanoUsd = 0): Spending => ({ tokens, costNanoUsd });
export const dayOf = (known = spending(0), day = '2026-11-21'): BudgetDay => ({
  ...{ day, known },
  endsAt: new Date(Date.now() + 3_600_000),
});

/** One call after another on one subject. */
export class CallsOf {
  constructor(
    readonly limiter: CallLimiter,
    readonly subject = 's',
  ) {}

  /** Admits a call of its own. */
  async ask(limits: Partial<CallLimits>, day = dayOf()): Promise<CallDecision & { readonly callId: string }> {
    const callId = randomUUID();
    return {
      ...(await this.limiter.admit(this.subject, { callId, limits: { ...UNLIMITED, ...limits }, day })),
      callId,
    };
  }

  settle(callId: string, spent = spending(0), day = '2026-11-21'): Promise<void> {
    return this.limiter.settle(this.subject, { callId, day, spent });
  }

  /** A call that passes, and spends. */
  async spend(spent: Spending, limits: Partial<CallLimits> = { tokensPerMinute: 1e12 }): Promise<void> {
    const { admitted, callId } = await this.ask(limits);
    expect(admitted).toBe(true);
    await this.settle(callId, spent);
  }
}

/**
 * What every call limiter does, with windows of WINDOW_MS. `make` gives two ends of one limiter: the same object, or two
 * servers' ones.
 */
export function callLimiterContract(
  name: string,
  make: () => Promise<{ here: CallLimiter; there: CallLimiter }>,
): void {
  describe(`${name} as a call limiter`, () => {
    let here: CallsOf;
    let there: CallsOf;
    beforeEach(async () => {
      const ends = await make();
      here = new CallsOf(ends.here);
      there = new CallsOf(ends.there);
    });
    afterEach(async () => {
      await here.limiter.close();
      await there.limiter.close();
    });

    it('admits everything when there is no limit', async () => {
      const decisions = await Promise.all(Array.from({ length: 50 }, () => here.ask({})));
      expect(decisions.every(({ admitted }) => admitted)).toBe(true);
    });

    it('admits exactly the requests of a minute when many ask at once at both ends', async () => {
      const asked = Array.from({ length: 90 }, (_, index) => (index % 2 ? here : there).ask({ requestsPerMinute: 60 }));
      expect((await Promise.all(asked)).filter(({ admitted }) => admitted)).toHaveLength(60);
    });

    it('keeps subjects apart', async () => {
      const other = new CallsOf(there.limiter, 'other');
      const counts = { here: 0, other: 0 };
      for (let index = 0; index < 20; index += 1) {
        if ((await here.ask({ requestsPerMinute: 6 })).admitted) counts.here += 1;
        if ((await other.ask({ requestsPerMinute: 12 })).admitted) counts.other += 1;
      }
      expect(counts).toEqual({ here: 6, other: 12 });
    });

    it('opens again when the window, counted from its first call, is over; refused calls do not move its end', async () => {
      const began = Date.now();
      expect((await here.ask({ requestsPerMinute: 1 })).admitted).toBe(true);
      await sleep(WINDOW_MS * 0.6);
      const refused = await there.ask({ requestsPerMinute: 1 });
      expect(refused).toMatchObject({ admitted: false, limit: 'requestsPerMinute' });
      const { retryAfterMs } = refused as { retryAfterMs: number };
      expect(Math.abs(Date.now() + retryAfterMs - began - WINDOW_MS)).toBeLessThan(150);
      await sleep(retryAfterMs + 20);
      expect((await there.ask({ requestsPerMinute: 1 })).admitted).toBe(true);
    });

    it('counts on in the open window when the limit changes', async () => {
      for (let index = 0; index < 3; index += 1) await here.ask({ requestsPerMinute: 3 });
      expect((await here.ask({ requestsPerMinute: 3 })).admitted).toBe(false);
      expect((await there.ask({ requestsPerMinute: 4 })).admitted).toBe(true);
      expect((await here.ask({ requestsPerMinute: 2 })).admitted).toBe(false);
      expect((await here.ask({})).admitted).toBe(true);
    });

    it('admits while the tokens of the window are below the limit, and takes what goes beyond it', async () => {
      const limits = { tokensPerMinute: 100 };
      await here.spend(spending(60), limits);
      const [one, two] = [await here.ask(limits), await there.ask(limits)];
      expect([one.admitted, two.admitted]).toEqual([true, true]);
      await here.settle(one.callId, spending(39));
      expect((await there.ask(limits)).admitted).toBe(true);
      await there.settle(two.callId, spending(500));
      const refused = await here.ask(limits);
      expect(refused).toMatchObject({ admitted: false, limit: 'tokensPerMinute' });
      await sleep((refused as { retryAfterMs: number }).retryAfterMs + 20);
      expect((await here.ask(limits)).admitted).toBe(true);
    });

    it('has as many calls under way at once as there are slots, over both ends', async () => {
      const limits = { concurrentCalls: 3 };
      const asked = await Promise.all(Array.from({ length: 8 }, (_, index) => (index % 2 ? here : there).ask(limits)));
      const passed = asked.filter(({ admitted }) => admitted);
      expect(passed).toHaveLength(3);
      expect(asked.find(({ admitted }) => !admitted)).toMatchObject({ limit: 'concurrentCalls', retryAfterMs: 1000 });
      await here.settle(passed[0]!.callId);
      await there.settle(passed[0]!.callId);
      expect([await here.ask(limits), await there.ask(limits)].map(({ admitted }) => admitted)).toEqual([true, false]);
    });

    it('holds a slot for as long as the call takes', async () => {
      const limits = { concurrentCalls: 1 };
      const { callId } = await here.ask(limits);
      for (let round = 0; round < 4; round += 1) {
        await sleep(WINDOW_MS * 0.3);
        expect((await there.ask(limits)).admitted).toBe(false);
      }
      await here.settle(callId);
      expect((await there.ask(limits)).admitted).toBe(true);
    });

    it.each([
      ['dayTokens', spending(40, 0)],
      ['dayCostNanoUsd', spending(0, 40)],
    ] as const)('admits until the day has spent %s', async (limit, spent) => {
      const limits = { [limit]: 100 };
      for (let index = 0; index < 3; index += 1) await (index % 2 ? here : there).spend(spent, limits);
      const refused = await here.ask(limits);
      expect(refused).toMatchObject({ admitted: false, limit });
      const { retryAfterMs } = refused as { retryAfterMs: number };
      expect(retryAfterMs).toBeGreaterThan(3_590_000);
      expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
      expect((await there.ask({ [limit]: 121 })).admitted).toBe(true);
      expect((await here.ask(limits, dayOf(spending(0), '2026-11-22'))).admitted).toBe(true);
    });

    it('begins a day with what is known of it, never falls below that, and counts a call to the day of its beginning', async () => {
      const limits = { dayTokens: 100 };
      const known = dayOf(spending(70));
      const [first, late] = [await here.ask(limits, known), await here.ask(limits, known)];
      await here.settle(first.callId, spending(29));
      expect((await there.ask(limits, known)).admitted).toBe(true);
      expect((await there.ask(limits, dayOf(spending(100)))).admitted).toBe(false);
      expect((await here.ask(limits, dayOf(spending(70)))).admitted).toBe(false);
      const tomorrow = dayOf(spending(0), '2026-11-22');
      expect((await here.ask({ dayTokens: 5 }, tomorrow)).admitted).toBe(true);
      await here.settle(late.callId, spending(50), '2026-11-21');
      expect((await here.ask({ dayTokens: 5 }, tomorrow)).admitted).toBe(true);
    });

    it('takes nothing for a refused call', async () => {
      const limits = { requestsPerMinute: 2, concurrentCalls: 1 };
      const first = await here.ask(limits);
      for (let index = 0; index < 5; index += 1) {
        expect(await there.ask(limits)).toMatchObject({ admitted: false, limit: 'concurrentCalls' });
      }
      await here.settle(first.callId);
      const second = await here.ask(limits);
      expect(second.admitted).toBe(true);
      expect(await there.ask(limits)).toMatchObject({ admitted: false, limit: 'requestsPerMinute' });
    });

    it('says once in each window and for each value that a limit is reached', async () => {
      const first = async (calls: CallsOf, limits: Partial<CallLimits>) => {
        const decision = await calls.ask(limits);
        return !decision.admitted && decision.isFirst;
      };
      await here.ask({ requestsPerMinute: 1 });
      expect(await first(here, { requestsPerMinute: 1 })).toBe(true);
      expect(await first(there, { requestsPerMinute: 1 })).toBe(false);
      await here.ask({ requestsPerMinute: 2 });
      expect(await first(there, { requestsPerMinute: 2 })).toBe(true);
      expect(await first(here, { requestsPerMinute: 2 })).toBe(false);
      await sleep(WINDOW_MS + 50);
      await here.ask({ requestsPerMinute: 1 });
      expect(await first(there, { requestsPerMinute: 1 })).toBe(true);
    });
  });
}
