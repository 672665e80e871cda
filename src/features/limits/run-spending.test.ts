import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newRunId } from '../../kernel/ids.js';
import { RunSpending, type RunFigures, type RunRefusal } from './run-spending.js';

const BUDGET: RunRefusal = { limit: 'DAY_BUDGET', message: 'spent' };
const WINDOW: RunRefusal = { limit: 'REQUESTS_PER_MINUTE', message: 'too many' };
const NOTHING: RunFigures = { tokens: 0, nanoUsd: 0, unpricedTokens: 0 };

const runId = newRunId();
let spending: RunSpending;
let stuck: jest.Mock<() => void>;
let heard: (RunRefusal | undefined)[];
const take = (refusal?: RunRefusal) => {
  heard = [];
  const onRefusal = (latest: RunRefusal | undefined) => void heard.push(latest);
  spending.take(runId, { figures: NOTHING, refusal, onStuck: stuck, onRefusal });
};
beforeEach(() => {
  jest.useFakeTimers();
  stuck = jest.fn<() => void>();
  spending = new RunSpending({ budgetCostOf: () => 0 });
  take();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a run whose call a budget refused', () => {
  it('is stuck 30 s later, once, whether its agent sleeps or asks on', () => {
    for (let second = 0; second < 29; second += 1) {
      spending.asked(runId, BUDGET);
      jest.advanceTimersByTime(1000);
    }
    expect(stuck).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1000);
    expect(stuck).toHaveBeenCalledTimes(1);
    spending.asked(runId, BUDGET);
    jest.advanceTimersByTime(120_000);
    expect(stuck).toHaveBeenCalledTimes(1);
  });

  it.each<[string, () => void]>([
    ['a call was let through since', () => spending.asked(runId, undefined)],
    ['its agent has ended', () => spending.left(runId)],
    ['another server has it', () => spending.forget(runId)],
  ])('is not stuck when %s', (_, what) => {
    spending.asked(runId, BUDGET);
    jest.advanceTimersByTime(29_000);
    what();
    jest.advanceTimersByTime(120_000);
    expect(stuck).not.toHaveBeenCalled();
  });

  it('is given its 30 s anew by the next refusal after a call that was let through', () => {
    spending.asked(runId, BUDGET);
    jest.advanceTimersByTime(29_000);
    spending.asked(runId, undefined);
    spending.asked(runId, BUDGET);
    jest.advanceTimersByTime(29_000);
    expect(stuck).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1000);
    expect(stuck).toHaveBeenCalledTimes(1);
  });

  it('is not stuck when it has ended before its last call was refused', () => {
    spending.left(runId);
    spending.asked(runId, BUDGET);
    jest.advanceTimersByTime(120_000);
    expect(stuck).not.toHaveBeenCalled();
  });
});

it('a run that only has to wait for the next minute is never stuck', () => {
  spending.asked(runId, WINDOW);
  jest.advanceTimersByTime(120_000);
  expect(stuck).not.toHaveBeenCalled();
});

describe('what refused the latest call of a run', () => {
  it('is told when it is another one than before, and when a call was let through', () => {
    for (const refusal of [undefined, WINDOW, { ...WINDOW }, BUDGET, undefined, undefined])
      spending.asked(runId, refusal);
    expect(heard).toEqual([WINDOW, BUDGET, undefined]);
  });

  it('is known from before when the run is taken over, and its agent is stuck 30 s later', () => {
    take(BUDGET);
    expect(spending.refusalOf(runId)).toEqual(BUDGET);
    spending.asked(runId, { ...BUDGET });
    expect(heard).toEqual([]);
    jest.advanceTimersByTime(30_000);
    expect(stuck).toHaveBeenCalledTimes(1);
  });

  it('is over when the new owner lets a call through', () => {
    take(BUDGET);
    spending.asked(runId, undefined);
    expect([spending.refusalOf(runId), heard]).toEqual([undefined, [undefined]]);
    jest.advanceTimersByTime(120_000);
    expect(stuck).not.toHaveBeenCalled();
  });
});
