import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SilenceWatch } from './silence-watch.js';

const SILENCE_MS = 1_000;
const LAST_LOOK_MS = 100;

describe('SilenceWatch', () => {
  let watch: SilenceWatch;
  const onSilent = jest.fn();
  beforeEach(() => {
    jest.useFakeTimers();
    onSilent.mockClear();
    watch = new SilenceWatch({ silenceMs: SILENCE_MS, onSilent, lastLookMs: LAST_LOOK_MS });
  });
  afterEach(() => {
    watch.close();
    jest.useRealTimers();
  });

  it('tells once of an agent that was silent for so long, and not of one that speaks', () => {
    for (let n = 0; n < 5; n += 1) {
      jest.advanceTimersByTime(SILENCE_MS - 1);
      watch.heard();
    }
    jest.advanceTimersByTime(SILENCE_MS + LAST_LOOK_MS - 1);
    expect(onSilent).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(onSilent).toHaveBeenCalledTimes(1);
    watch.heard();
    jest.advanceTimersByTime(10 * SILENCE_MS);
    expect(onSilent).toHaveBeenCalledTimes(1);
  });

  it('waits for model calls under way, however long, and counts anew when the last has ended', () => {
    const [first, second] = [watch.asks(), watch.asks()];
    jest.advanceTimersByTime(10 * SILENCE_MS);
    first();
    jest.advanceTimersByTime(10 * SILENCE_MS + SILENCE_MS / 2);
    second();
    jest.advanceTimersByTime(SILENCE_MS + LAST_LOOK_MS - 1);
    expect(onSilent).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(onSilent).toHaveBeenCalledTimes(1);
  });

  it('believes what it hears at its last look', () => {
    jest.advanceTimersByTime(SILENCE_MS);
    watch.heard();
    jest.advanceTimersByTime(SILENCE_MS);
    expect(onSilent).not.toHaveBeenCalled();
    jest.advanceTimersByTime(LAST_LOOK_MS);
    expect(onSilent).toHaveBeenCalledTimes(1);
  });

  it('says nothing once it is closed, nor when silence is no fault', () => {
    jest.advanceTimersByTime(SILENCE_MS);
    watch.close();
    const patient = new SilenceWatch({ silenceMs: 0, onSilent });
    patient.asks()();
    jest.advanceTimersByTime(1_000 * SILENCE_MS);
    patient.close();
    expect(onSilent).not.toHaveBeenCalled();
  });
});
