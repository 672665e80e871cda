import { describe, expect, it } from '@jest/globals';
import { verdictOf } from './run-verdict.js';
import type { RunFacts } from './run-verdict.js';

const report = { exitCode: 0, signal: null, timedOut: false, outputBytes: 3, outputSha256: '0'.repeat(64) };
const exited = { kind: 'exited', exitCode: 0, outOfMemory: false } as const;
const fine: RunFacts = {
  report,
  container: exited,
  stopped: undefined,
  logComplete: true,
  objection: undefined,
  timeoutSeconds: 600,
};

describe('verdictOf', () => {
  it('succeeds only with exit code 0, a complete log and no objection', () => {
    expect(verdictOf(fine)).toEqual({ state: 'SUCCEEDED', reason: undefined });
    expect(verdictOf({ ...fine, container: undefined })).toEqual({ state: 'SUCCEEDED', reason: undefined });
  });

  it.each<[string, Partial<RunFacts>, string, string | undefined]>([
    ['cancelled before all else', { stopped: 'cancel', report: { ...report, timedOut: true } }, 'CANCELLED', undefined],
    ['full log', { stopped: 'log-full', logComplete: false }, 'FAILED', 'LOG_LIMIT'],
    ['deadline of the server', { stopped: 'deadline', report: undefined }, 'TIMED_OUT', 'TIMED_OUT'],
    ['deadline of triaged-init', { report: { ...report, exitCode: 143, timedOut: true } }, 'TIMED_OUT', 'TIMED_OUT'],
    ['exit code', { report: { ...report, exitCode: 7 } }, 'FAILED', 'AGENT_FAILED'],
    ['signal', { report: { ...report, exitCode: null, signal: 'SIGSEGV' } }, 'FAILED', 'AGENT_FAILED'],
    [
      'killed for memory',
      { report: { ...report, exitCode: null, signal: 'SIGKILL' }, container: { ...exited, outOfMemory: true } },
      'FAILED',
      'OUT_OF_MEMORY',
    ],
    ['missing output', { logComplete: false }, 'FAILED', 'LOG_INCOMPLETE'],
    ['objection', { objection: 'no result' }, 'FAILED', 'NO_RESULT'],
    ['gone without report', { report: undefined, container: undefined }, 'FAILED', 'CONTAINER_REMOVED'],
    ['exited without report', { report: undefined }, 'FAILED', 'CHANNEL_LOST'],
    [
      'out of memory without report',
      { report: undefined, container: { ...exited, outOfMemory: true } },
      'FAILED',
      'OUT_OF_MEMORY',
    ],
    ['silent', { report: undefined, container: { kind: 'running' } }, 'FAILED', 'CHANNEL_LOST'],
  ])('judges: %s', (_, change, state, code) => {
    const verdict = verdictOf({ ...fine, ...change });
    expect(verdict.state).toBe(state);
    expect(verdict.reason?.code).toBe(code);
  });

  it('tells the exit code or the signal', () => {
    expect(verdictOf({ ...fine, report: { ...report, exitCode: 7 } }).reason?.message).toContain('code 7');
    const bySignal = { ...report, exitCode: null, signal: 'SIGSEGV' };
    expect(verdictOf({ ...fine, report: bySignal }).reason?.message).toContain('SIGSEGV');
  });
});
