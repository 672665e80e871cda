import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { endsFinished, TerminalEventWatch } from './terminal-event-watch.js';

const isTerminalEvent = (line: string): boolean => line === '{"done":true}';
const QUIET_MS = 40;

describe('TerminalEventWatch', () => {
  let watch: TerminalEventWatch;
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    watch.close();
    jest.useRealTimers();
  });

  const watched = (tail: () => Promise<string>) => {
    const onFinished = jest.fn();
    watch = new TerminalEventWatch({ tail, isTerminalEvent, onFinished, quietMs: QUIET_MS });
    return onFinished;
  };

  it('tells once that an agent is finished, only after it was quiet', async () => {
    const onFinished = watched(async () => '{"done":true}\n');
    for (let n = 0; n < 8; n += 1) {
      watch.grown();
      await jest.advanceTimersByTimeAsync(QUIET_MS / 4);
    }
    expect(onFinished).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2 * QUIET_MS);
    watch.grown();
    await jest.advanceTimersByTimeAsync(2 * QUIET_MS);
    expect(onFinished.mock.calls).toEqual([['{"done":true}\n']]);
  });

  it('leaves alone an agent that is quiet without having finished, and looks again after its next word', async () => {
    let tail = '{"step":1}\n';
    const onFinished = watched(async () => tail);
    await jest.advanceTimersByTimeAsync(3 * QUIET_MS);
    expect(onFinished).not.toHaveBeenCalled();
    tail += '{"done":true}';
    watch.grown();
    await jest.advanceTimersByTimeAsync(3 * QUIET_MS);
    expect(onFinished).toHaveBeenCalledTimes(1);
  });

  it('is silent once closed, also when it looks just then, and when the log cannot be read', async () => {
    const reading = Promise.withResolvers<string>();
    const onFinished = watched(() => reading.promise);
    await jest.advanceTimersByTimeAsync(2 * QUIET_MS);
    watch.close();
    reading.resolve('{"done":true}\n');
    const unreadable = watched(() => Promise.reject(new Error('no disk')));
    await jest.advanceTimersByTimeAsync(2 * QUIET_MS);
    expect(onFinished).not.toHaveBeenCalled();
    expect(unreadable).not.toHaveBeenCalled();
  });
});

describe('endsFinished', () => {
  it.each([
    ['a last line without newline', '{"step":1}\n{"done":true}', true],
    ['text of the post hook after it', '{"done":true}\n[run-agent] archived\n\n', true],
    ['an event after it', '{"done":true}\n{"step":2}\n', false],
    ['one inside a string of another event', '{"text":"\\n{\\"done\\":true}\\n"}\n', false],
    ['one that is cut', '{"done":tr', false],
    ['nothing', '', false],
  ])('judges %s', (_, tail, finished) => {
    expect(endsFinished(tail, isTerminalEvent)).toBe(finished);
  });
});
