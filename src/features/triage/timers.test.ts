import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Timers } from './timers.js';

describe('Timers', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('acts once, when the time has come', () => {
    const act = jest.fn();
    new Timers().after(100, act);
    jest.advanceTimersByTime(99);
    expect(act).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1000);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it('leaves nothing that could act once it is closed, also of what comes later', () => {
    const act = jest.fn();
    const timers = new Timers();
    timers.after(100, act);
    timers.close();
    timers.after(100, act);
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(1000);
    expect(act).not.toHaveBeenCalled();
  });
});
