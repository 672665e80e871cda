import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  ConnectionLost,
  NotFoundError,
  RateLimitedError,
  TriagedError,
  UnauthenticatedError,
} from '../../sdk/src/index.js';
import { runWords } from '../../tests/testkit/command-line.js';
import { EXIT, EXIT_CODE_MEANINGS } from './exit-codes.js';
import { explain } from './explain.js';
import { printedCommandLine } from './print-reference.js';

describe('the parser', () => {
  it.each([[[]], [['help']], [['--help']], [['-h']]])('shows every command for %j', async (words) => {
    const { exitCode, out, err } = await runWords(words);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    for (const name of [
      'triage',
      'runs',
      'logs',
      'report',
      'usage',
      'cancel',
      'instances',
      'ai-agents',
      'clusters',
      'serve|start',
      'keys',
      'master-secret',
    ])
      // prettier-ignore
      expect(out).toMatch(new RegExp(`^  ${name.replace('|', String.raw`\|`)} `, 'm'));
  });

  it.each([
    [['help', 'ai-agents', 'configure'], 'Usage: triaged ai-agents configure [options]'],
    [['ai-agents', 'configure', '--help'], 'Usage: triaged ai-agents configure [options]'],
    [['keys', '-h'], 'Usage: triaged keys'],
    [['help', 'start'], 'Usage: triaged serve|start'],
  ])('helps with %j', async (words, first) => {
    expect(await runWords(words)).toMatchObject({ exitCode: 0, out: expect.stringContaining(first), err: '' });
  });

  it('is what docs/cli.md says it is', () => {
    const file = path.resolve(import.meta.dirname, '../../docs/cli.md');
    expect(readFileSync(file, 'utf8')).toBe(printedCommandLine());
  });

  it('explains every exit code', async () => {
    const { out } = await runWords(['help', 'exit-codes']);
    for (const code of Object.values(EXIT)) expect(out).toMatch(new RegExp(`^ *${code}  \\S`, 'm'));
    expect(EXIT_CODE_MEANINGS).toHaveLength(Object.values(EXIT).length + 1);
  });

  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['run'], 'Did you mean runs?'],
    [['help', 'nonsense'], 'no command nonsense'],
    [['runs', '--state', 'BUSY'], 'QUEUED, PREPARING, RUNNING'],
    [['runs', '-n', '0'], '1 to 10000'],
    [['logs'], "missing required argument 'run'"],
    [['logs', 'x', '--raw', '--json'], 'cannot be used with'],
    [['triage', '-a', 'hal', 'Why?'], 'claude, codex, gemini, opencode, goose'],
    [['usage', '--from', '2026-02-30'], 'a day such as'],
    [['ai-agents', 'limits', '--run-cost', 'much'], 'an amount of US dollars'],
    [['ai-agents', 'configure', '--key', 'sk-on-the-command-line'], 'too many arguments'],
    [['runs\x1b[2J'], 'unknown command'],
  ])('refuses %j with 2, on stderr', async (words, why) => {
    const { exitCode, out, err } = await runWords(words);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(why);
    expect(err).not.toContain('\x1b');
  });
});

describe('explain', () => {
  const parts = { message: 'Words.', status: 400 };
  it.each([
    [new UnauthenticatedError({ ...parts, code: 'UNAUTHENTICATED' }), 4, 'Words. (UNAUTHENTICATED)'],
    [new NotFoundError({ ...parts, code: 'NOT_FOUND' }), 5, 'Words. (NOT_FOUND)'],
    [new RateLimitedError({ ...parts, code: 'RATE_LIMITED', retryAfterSeconds: 7 }), 7, 'Come again in 7 s.'],
    [new TriagedError({ ...parts, code: 'OF_A_NEWER_SERVER' }), 6, 'Words. (OF_A_NEWER_SERVER)'],
    [new TriagedError({ ...parts, code: 'MODEL_PROVIDER_ERROR' }), 7, 'Words. (MODEL_PROVIDER_ERROR)'],
    [new TriagedError({ ...parts, code: 'CREDENTIAL_UNREADABLE' }), 1, 'Words. (CREDENTIAL_UNREADABLE)'],
    [new ConnectionLost('gone'), 3, 'gone'],
    [new TypeError('a fault'), 1, 'a fault'],
  ])('gives %s its exit code', (error, exitCode, message) => {
    expect(explain(error)).toEqual({ exitCode, message: expect.stringContaining(message) });
  });
});
