import { expect, it } from '@jest/globals';
import { logFileName } from './log-file-name.js';

it('names a log after the CLI and the time in UTC', () => {
  expect(logFileName('CLAUDE_CODE', new Date('2026-11-20T19:02:03.456Z'))).toBe('triage_claude_20261120_190203.log');
});
