import { describe, expect, it } from '@jest/globals';
import { Loop } from './loop.js';

describe('Loop', () => {
  it('never works twice at once, and once more for any number of wakes meanwhile', async () => {
    let [running, most, turns] = [0, 0, 0];
    const gate = Promise.withResolvers<undefined>();
    const loop = new Loop({
      everyMs: 60_000,
      onError: () => undefined,
      work: async () => {
        most = Math.max(most, ++running);
        turns += 1;
        await gate.promise;
        running -= 1;
      },
    });
    loop.start();
    for (let n = 0; n < 5; n++) loop.wake();
    gate.resolve(undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect({ most, turns }).toEqual({ most: 1, turns: 2 });
    await loop.close();
    loop.wake();
    expect(turns).toBe(2);
  });

  it('reports a failure and goes on', async () => {
    const errors: unknown[] = [];
    const twice = Promise.withResolvers<undefined>();
    const loop = new Loop({
      everyMs: 1,
      onError: (error) => errors.push(error) === 2 && twice.resolve(undefined),
      work: () => Promise.reject(new Error('no')),
    });
    loop.start();
    await twice.promise;
    await loop.close();
    expect(errors.length).toBeGreaterThanOrEqual(2);
  });
});
