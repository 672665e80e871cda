import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ChangeWatch, type ChangeWatchOptions } from './change-watch.js';

function watched(options: Partial<ChangeWatchOptions<number>> = {}) {
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void): Promise<() => void> => {
    listeners.add(listener);
    return Promise.resolve(() => void listeners.delete(listener));
  };
  const state = { value: 0, reads: 0 };
  const read = (): Promise<number> => {
    state.reads += 1;
    return Promise.resolve(state.value);
  };
  const isLast = (value: number): boolean => value === 9;
  const watch = new ChangeWatch({ subscribe, read, isLast, versionOf: String, lookMs: 60_000, ...options });
  const change = (value: number): void => {
    state.value = value;
    for (const listener of listeners) listener();
  };
  return { listeners, state, change, watch };
}

const over = { done: true, value: undefined };

describe('ChangeWatch', () => {
  it('yields the present value, each change at its tick, and ends after the last', async () => {
    const { change, listeners, watch } = watched();
    expect(await watch.next()).toEqual({ done: false, value: 0 });
    const changed = watch.next();
    change(1);
    expect((await changed).value).toBe(1);
    change(9);
    expect((await watch.next()).value).toBe(9);
    expect(await watch.next()).toEqual(over);
    expect(listeners.size).toBe(0);
  });

  it('says nothing at a tick that changed nothing', async () => {
    const { change, watch } = watched();
    await watch.next();
    const next = watch.next();
    change(0);
    await nextTurn();
    change(2);
    expect((await next).value).toBe(2);
  });

  it('finds a change whose tick was lost', async () => {
    const { state, watch } = watched({ lookMs: 5 });
    await watch.next();
    const next = watch.next();
    state.value = 3;
    expect((await next).value).toBe(3);
  });

  it('reads and yields at most once in each interval, and then what is newest', async () => {
    const { change, state, watch } = watched({ intervalMs: 100 });
    await watch.next();
    const before = performance.now();
    const next = watch.next();
    for (let value = 10; value < 50; value++) {
      change(value);
      await nextTurn();
    }
    expect((await next).value).toBe(49);
    expect(performance.now() - before).toBeGreaterThan(90);
    expect(state.reads).toBe(2);
  });

  it.each([
    ['for a tick', {}],
    ['for its interval', { intervalMs: 60_000 }],
  ])('wakes a next() that waits %s when it is returned', async (_, options) => {
    const { listeners, watch } = watched(options);
    await watch.next();
    const parked = watch.next();
    await nextTurn();
    await watch.return();
    expect(await parked).toEqual(over);
    expect(listeners.size).toBe(0);
  });

  it('passes on what reading throws, once, and is over', async () => {
    const { listeners, watch } = watched({ read: () => Promise.reject(new Error('away')) });
    await expect(watch.next()).rejects.toThrow('away');
    expect(await watch.next()).toEqual(over);
    expect(listeners.size).toBe(0);
  });
});
