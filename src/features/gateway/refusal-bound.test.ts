import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newRunId } from '../../kernel/ids.js';
import { MAX_REFUSED_A_MINUTE, RefusalBound } from './refusal-bound.js';

describe('the bound on refused requests', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 0 }));
  afterEach(() => void jest.useRealTimers());

  it('is of a minute that begins with a refusal, and of one run', () => {
    const bound = new RefusalBound();
    const [run, other] = [newRunId(), newRunId()];
    const refuse = (times: number) => Array.from({ length: times }, () => bound.refused(run, 'notAllowed'));
    expect(refuse(MAX_REFUSED_A_MINUTE - 1)).not.toContain(true);
    expect(bound.closedFor(run)).toBeUndefined();
    jest.advanceTimersByTime(20_500);
    expect(refuse(1)).toEqual([true]);
    expect([bound.closedFor(run), bound.closedFor(other)]).toEqual([40, undefined]);
    jest.advanceTimersByTime(39_500);
    expect(bound.closedFor(run)).toBeUndefined();
    expect(refuse(MAX_REFUSED_A_MINUTE).filter(Boolean)).toHaveLength(1);
    expect(bound.closedFor(run)).toBe(60);
  });

  it('does not count what is no fault of the agent', () => {
    const bound = new RefusalBound();
    const run = newRunId();
    for (let times = 0; times < 2 * MAX_REFUSED_A_MINUTE; times++) {
      bound.refused(run, 'notCounted');
      bound.refused(run, 'unreachable');
    }
    expect(bound.closedFor(run)).toBeUndefined();
  });
});
