import { describe, expect, it } from '@jest/globals';
import { verdictOf } from './run-verdict.js';
import type { RunFacts } from './run-verdict.js';

const exit = {
  exitCode: 0,
  signal: null,
  timedOut: false,
  outputBytes: 3,
  outputSha256: '0'.repeat(64),
  artifactsOverLimit: false,
};
const exited = { kind: 'exited', exitCode: 0, outOfMemory: false } as const;
const killed = { ...exit, exitCode: null, signal: 'SIGKILL' };
const limit = { code: 'LIMIT_REACHED', message: 'Spent.' } as const;
const noReport = { code: 'MISSING', path: null, message: 'None.' } as const;
const badReport = { code: 'INVALID', path: 'summary', message: 'Bad.' } as const;
const budget = { limit: 'RUN_BUDGET', message: 'Its budget is spent.' } as const;
const calls = { limit: 'REQUESTS_PER_MINUTE', message: 'Too many.' } as const;
const fine: RunFacts = {
  exit,
  container: exited,
  stopped: undefined,
  logComplete: true,
  objection: undefined,
  hint: undefined,
  calls: { requestCount: 4, errorCount: 1, outputTokens: 100 },
  reportProblem: undefined,
  refusal: undefined,
  timeoutSeconds: 600,
  silenceSeconds: 900,
};

describe('verdictOf', () => {
  it('succeeds only with exit code 0, a complete log, an answer of a model, no objection and a report', () => {
    expect(verdictOf(fine)).toEqual({ state: 'SUCCEEDED', reason: undefined });
    expect(verdictOf({ ...fine, container: undefined })).toEqual({ state: 'SUCCEEDED', reason: undefined });
  });

  it.each<[string, Partial<RunFacts>, string, string | undefined]>([
    ['cancelled before all else', { stopped: 'cancel', exit: { ...exit, timedOut: true } }, 'CANCELLED', undefined],
    ['full log', { stopped: 'log-full', logComplete: false }, 'FAILED', 'LOG_LIMIT'],
    ['silence', { stopped: 'silent', exit: { ...killed, timedOut: true } }, 'FAILED', 'SILENT'],
    ['deadline of the server', { stopped: 'deadline', exit: undefined }, 'TIMED_OUT', 'TIMED_OUT'],
    ['deadline of triaged-init', { exit: { ...exit, exitCode: 143, timedOut: true } }, 'TIMED_OUT', 'TIMED_OUT'],
    [
      'too much left behind',
      { exit: { ...exit, exitCode: 143, artifactsOverLimit: true } },
      'FAILED',
      'ARTIFACT_LIMIT',
    ],
    ['exit code', { exit: { ...exit, exitCode: 7 } }, 'FAILED', 'AGENT_FAILED'],
    ['signal', { exit: { ...exit, exitCode: null, signal: 'SIGSEGV' } }, 'FAILED', 'AGENT_FAILED'],
    [
      'killed for memory',
      { exit: { ...exit, exitCode: null, signal: 'SIGKILL' }, container: { ...exited, outOfMemory: true } },
      'FAILED',
      'OUT_OF_MEMORY',
    ],
    ['missing output', { logComplete: false }, 'FAILED', 'LOG_INCOMPLETE'],
    ['no model call', { calls: { requestCount: 0, errorCount: 0, outputTokens: 0 } }, 'FAILED', 'NOTHING_RUN'],
    ['no answer', { calls: { requestCount: 3, errorCount: 3, outputTokens: 0 } }, 'FAILED', 'NOTHING_RUN'],
    ['objection', { objection: 'no result' }, 'FAILED', 'NO_RESULT'],
    ['no report', { reportProblem: noReport }, 'FAILED', 'NO_REPORT'],
    ['a report that breaks its schema', { reportProblem: badReport, hint: limit }, 'FAILED', 'INVALID_REPORT'],
    ['a limit behind an exit code', { exit: { ...exit, exitCode: 1 }, hint: limit }, 'FAILED', 'LIMIT_REACHED'],
    ['a limit behind a missing report', { reportProblem: noReport, hint: limit }, 'FAILED', 'LIMIT_REACHED'],
    ['a limit behind a missing result', { objection: 'no result', hint: limit }, 'FAILED', 'LIMIT_REACHED'],
    ['a limit that only the report is about', { hint: limit }, 'SUCCEEDED', undefined],
    ['missing output despite a hint', { logComplete: false, hint: limit }, 'FAILED', 'LOG_INCOMPLETE'],
    ['a spent budget', { exit: { ...exit, exitCode: 1 }, refusal: budget, hint: limit }, 'FAILED', 'BUDGET_EXCEEDED'],
    ['too many calls', { reportProblem: noReport, refusal: calls }, 'FAILED', 'CALLS_LIMITED'],
    ['a report despite a spent budget', { refusal: budget }, 'SUCCEEDED', undefined],
    ['missing output despite a spent budget', { logComplete: false, refusal: budget }, 'FAILED', 'LOG_INCOMPLETE'],
    ['no time left to wait for calls', { stopped: 'deadline', refusal: calls }, 'TIMED_OUT', 'TIMED_OUT'],
    ['a spent budget that did not end it', { stopped: 'budget', refusal: budget }, 'FAILED', 'BUDGET_EXCEEDED'],
    ['ended after it was finished', { stopped: 'finished', exit: killed }, 'SUCCEEDED', undefined],
    ['ended after a failed result', { stopped: 'finished', exit: killed, objection: 'bad' }, 'FAILED', 'NO_RESULT'],
    [
      'finished, then out of time',
      { stopped: 'finished', exit: { ...killed, timedOut: true } },
      'SUCCEEDED',
      undefined,
    ],
    [
      'finished without a report',
      { stopped: 'finished', exit: killed, reportProblem: noReport },
      'FAILED',
      'NO_REPORT',
    ],
    ['gone without report', { exit: undefined, container: undefined }, 'FAILED', 'CONTAINER_REMOVED'],
    ['exited without report', { exit: undefined }, 'FAILED', 'CHANNEL_LOST'],
    [
      'out of memory without report',
      { exit: undefined, container: { ...exited, outOfMemory: true } },
      'FAILED',
      'OUT_OF_MEMORY',
    ],
    ['silent', { exit: undefined, container: { kind: 'running' } }, 'FAILED', 'CHANNEL_LOST'],
  ])('judges: %s', (_, change, state, code) => {
    const verdict = verdictOf({ ...fine, ...change });
    expect(verdict.state).toBe(state);
    expect(verdict.reason?.code).toBe(code);
  });

  it('asks nothing of model calls that are not known', () => {
    expect(verdictOf({ ...fine, calls: undefined }).state).toBe('SUCCEEDED');
  });

  it('says which limit of ours was in the way, and what it looked like', () => {
    const failed = verdictOf({ ...fine, exit: { ...exit, exitCode: 7 }, refusal: budget });
    expect(failed.reason?.message).toMatch(/^Its budget is spent\. \(The agent exited with code 7/);
    const late = verdictOf({ ...fine, stopped: 'deadline', refusal: calls });
    expect(late.reason?.message).toMatch(/within 600 s.* Too many\.$/);
  });

  it('tells the exit code or the signal', () => {
    expect(verdictOf({ ...fine, exit: { ...exit, exitCode: 7 } }).reason?.message).toContain('code 7');
    const bySignal = { ...exit, exitCode: null, signal: 'SIGSEGV' };
    expect(verdictOf({ ...fine, exit: bySignal }).reason?.message).toContain('SIGSEGV');
  });
});
