import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RateLimiter } from '../../../src/ports/rate-limiter.js';

/** What every rate limiter does. `make` gives two ends of one limiter: the same object, or two servers' ones. */
export function rateLimiterContract(
  name: string,
  make: () => Promise<{ here: RateLimiter; there: RateLimiter }>,
): void {
  describe(`${name} as a rate limiter`, () => {
    let here: RateLimiter;
    let there: RateLimiter;
    beforeEach(async () => {
      ({ here, there } = await make());
    });
    afterEach(async () => {
      await here.close();
      await there.close();
    });

    it('allows exactly the limit when many ask at once at both ends', async () => {
      const limit = { limit: 25, windowSeconds: 60 };
      const asked = Array.from({ length: 60 }, (_, index) => (index % 2 ? here : there).consume('t', 1, limit));
      const decisions = await Promise.all(asked);
      expect(decisions.filter((decision) => decision.allowed)).toHaveLength(25);
    });

    it('says what is left and when the window ends', async () => {
      const limit = { limit: 3, windowSeconds: 60 };
      const began = Date.now();
      const remaining = [];
      for (let index = 0; index < 4; index += 1) {
        const decision = await here.consume('t', 1, limit);
        expect(decision.limit).toBe(3);
        expect(decision.resetAt.getTime()).toBeGreaterThan(began + 58_000);
        expect(decision.resetAt.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
        remaining.push([decision.allowed, decision.remaining]);
      }
      expect(remaining).toEqual([
        [true, 2],
        [true, 1],
        [true, 0],
        [false, 0],
      ]);
    });

    it('opens again when the window, counted from its first request, is over', async () => {
      const limit = { limit: 1, windowSeconds: 1 };
      const first = await here.consume('t', 1, limit);
      await sleep(600);
      // A refused request does not move the window's end.
      const refused = await here.consume('t', 1, limit);
      expect([first.allowed, refused.allowed]).toEqual([true, false]);
      expect(Math.abs(refused.resetAt.getTime() - first.resetAt.getTime())).toBeLessThan(150);
      await sleep(Math.max(0, first.resetAt.getTime() - Date.now()) + 50);
      expect((await here.consume('t', 1, limit)).allowed).toBe(true);
    });

    it('takes all the points asked for or none, so that a large request costs the small ones nothing', async () => {
      const limit = { limit: 5, windowSeconds: 60 };
      const asked = [6, 4, 2, 3, 1, 1, 2];
      const answers = [];
      for (const [index, points] of asked.entries()) {
        const { allowed, remaining } = await (index % 2 ? here : there).consume('t', points, limit);
        answers.push([points, allowed, remaining]);
      }
      expect(answers).toEqual([
        [6, false, 5],
        [4, true, 1],
        [2, false, 1],
        [3, false, 1],
        [1, true, 0],
        [1, false, 0],
        [2, false, 0],
      ]);
    });

    it('tells what is left without taking any, also when nothing is left', async () => {
      const limit = { limit: 2, windowSeconds: 60 };
      expect(await there.peek('t', limit)).toMatchObject({ allowed: true, limit: 2, remaining: 2 });
      await here.consume('t', 2, limit);
      await here.consume('t', 1, limit);
      for (const end of [here, there, here]) {
        expect(await end.peek('t', limit)).toMatchObject({ allowed: true, remaining: 0 });
      }
    });

    it('knows from memory when nothing is left, until the window ends, and only then', async () => {
      const limit = { limit: 3, windowSeconds: 1 };
      expect(here.exhausted('t', limit)).toBeUndefined();
      const { resetAt } = await here.consume('t', 2, limit);
      await here.consume('t', 2, limit);
      expect(here.exhausted('t', limit)).toBeUndefined();
      await here.consume('t', 1, limit);
      expect(here.exhausted('t', limit)).toMatchObject({ allowed: false, limit: 3, remaining: 0 });
      expect(here.exhausted('u', limit)).toBeUndefined();
      expect(here.exhausted('t', { ...limit, limit: 4 })).toBeUndefined();
      await sleep(Math.max(0, resetAt.getTime() - Date.now()) + 50);
      expect(here.exhausted('t', limit)).toBeUndefined();
    });

    it('counts points, keeps keys apart, and counts on when the limit changes', async () => {
      const limit = { limit: 5, windowSeconds: 60 };
      expect(await here.consume('t', 4, limit)).toMatchObject({ allowed: true, remaining: 1 });
      expect(await here.consume('t', 2, limit)).toMatchObject({ allowed: false, remaining: 1 });
      expect(await here.consume('u', 5, limit)).toMatchObject({ allowed: true, remaining: 0 });
      expect(await here.consume('t', 1, { limit: 6, windowSeconds: 60 })).toMatchObject({
        allowed: true,
        remaining: 1,
      });
      expect(await here.consume('t', 1, { limit: 3, windowSeconds: 60 })).toMatchObject({
        allowed: false,
        remaining: 0,
      });
      expect(await here.consume('t', 1, { limit: 3, windowSeconds: 30 })).toMatchObject({ allowed: true });
    });
  });
}
