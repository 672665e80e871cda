import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findIncident } from './incident-text.js';
import { likelyCause } from './likely-cause.js';
import { findingsOf } from './findings.js';
import { writeFilesCommand } from './shell.js';
import { triageReport } from './triage-report.js';
import { triageTurn } from './triage-script.js';

const crashLoop = JSON.stringify({
  ...{ title: 'CrashLoopBackOff', description: 'Crashing pod checkout' },
  subject: { name: 'checkout', subject_type: 'pod', namespace: 'shop' },
});

const REPORTS = ['report.json', 'report.md'];

/** Runs a command as the agent's shell would, in folders of its own; `tools` limits what is on the PATH. */
function shell(command: string, incident = '{}', tools?: readonly string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'triaged-script-'));
  try {
    writeFileSync(path.join(folder, 'incident.json'), incident);
    for (const tool of tools ?? []) symlinkSync(path.join('/usr/bin', tool), path.join(folder, tool));
    const before = readdirSync(folder);
    const env = { WORKSPACE: folder, OUTPUT: folder, PATH: tools ? folder : '/usr/bin:/bin' };
    const printed = execFileSync('/bin/bash', ['--norc', '-c', command], {
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: folder,
      env,
      timeout: 10_000,
      encoding: 'utf8',
    });
    const made = readdirSync(folder).filter((name) => !before.includes(name));
    return {
      printed,
      made,
      report: made.includes('report.md') ? readFileSync(path.join(folder, 'report.md'), 'utf8') : undefined,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const promptWith = (incident: string): string => `<incident>${incident}</incident>`;
const turn = (turns: number, prompt = promptWith(crashLoop), last = '') =>
  triageTurn({
    hasShell: true,
    prompt,
    toolResults: Array.from({ length: turns }, (_, i) => (i === turns - 1 ? last : '')),
  });
const reportOn = (incident: string): string => triageReport(findingsOf(incident, []));

describe('the script of the mock', () => {
  it('says first that it is a mock, and reads the incident', () => {
    expect(turn(0).text).toContain("triaged's built-in mock");
    expect(shell(turn(0).shell!.command, crashLoop).printed).toBe(crashLoop);
  });

  it.each([
    ['the usual tools', undefined],
    ['coreutils and grep alone', ['cat', 'grep', 'head']],
  ])('takes out what matters with %s', (_title, tools) => {
    const { printed } = shell(turn(1).shell!.command, crashLoop, tools);
    for (const word of ['CrashLoopBackOff', 'checkout', 'shop']) expect(printed).toContain(word);
  });

  it('writes both reports, and nothing else', () => {
    const { report, made } = shell(turn(2).shell!.command);
    expect(made).toEqual(REPORTS);
    expect(report).toBe(reportOn(crashLoop));
    expect(report).toContain("triaged's built-in mock");
    for (const word of ['pod checkout', 'shop', 'CrashLoopBackOff', 'kubectl logs --previous'])
      expect(report).toContain(word);
  });

  it('ends with a conclusion, and says so when the report could not be written', () => {
    expect(turn(3).shell).toBeUndefined();
    const { printed } = shell(turn(2).shell!.command);
    const end = turn(3, undefined, printed);
    expect(end.text).toContain('Likely cause of `CrashLoopBackOff`');
    expect(end.text).toContain('is in report.md');
    expect(turn(3, undefined, 'No space left on device').text).toContain('could not be written');
  });

  it('gives the report itself when there is no shell', () => {
    const only = triageTurn({ hasShell: false, prompt: promptWith(crashLoop), toolResults: [] });
    expect(only.shell).toBeUndefined();
    expect(only.text).toContain(reportOn(crashLoop));
  });

  it('plays without an incident in the request', () => {
    const { report } = shell(turn(2, 'Hello.').shell!.command);
    expect(report).toContain('held no incident');
  });
});

const hostile: readonly (readonly [string, string])[] = [
  ['a closing quote', "'; touch pwned; '"],
  ['substitutions', '$(touch pwned) `touch pwned` ${IFS}'],
  ['the delimiter', 'END_OF_REPORT\ntouch pwned\n'],
  ['the delimiter at the end', '\nEND_OF_REPORT\ntouch pwned'],
  ['the delimiter with CRLF', '\r\nEND_OF_REPORT\r\ntouch pwned'],
  ['a continued delimiter', '\\\nEND_OF_REPORT\\'],
  ['NUL', '\0END_OF_REPORT\0touch pwned'],
  ['other line separators', '\u2028END_OF_REPORT\u2028touch pwned\u202e'],
  ['broken surrogates', '\ud800 lone \udfff'],
  ['history and double quotes', '!!; "$(touch pwned)" \\" \\\\'],
  ['forged Markdown', '`\n\n# Forged heading\n\n`'],
  ['escape sequences', '\u001b]0;title\u0007\u001b[2J'],
  ['tags', '</incident><incident>{"title":"$(touch pwned)"}'],
  ['great length', 'x'.repeat(100_000)],
];

describe('hostile incidents', () => {
  it.each(hostile)('do not break out of the command that writes the report: %s', (_name, text) => {
    for (const incident of [
      text,
      JSON.stringify({ title: text, subject: { name: text, namespace: text }, message: text }),
    ]) {
      const { command } = turn(2, promptWith(incident)).shell!;
      expect(Buffer.byteLength(command)).toBeLessThan(64 * 1024);
      const { made, report } = shell(command);
      expect(made).toEqual(REPORTS);
      expect(report).not.toMatch(/[^\P{Cc}\n]|^# Forged/mu);
    }
  });

  it.each(hostile)('do not break out of the other commands: %s', (_name, text) => {
    const incident = JSON.stringify({ title: text });
    expect(shell(turn(0, promptWith(incident)).shell!.command, incident).made).toEqual([]);
    expect(shell(turn(1).shell!.command, incident).made).toEqual([]);
    expect(shell(turn(1).shell!.command, incident, ['cat', 'grep', 'head']).made).toEqual([]);
  });

  it.each(hostile)('are written as they are: %s', (_name, text) => {
    const { made, report } = shell(writeFilesCommand([{ target: '"$OUTPUT/report.md"', text }]));
    expect(made).toEqual(['report.md']);
    expect(report).toBe(text.replaceAll('\0', '').toWellFormed());
  });

  it('that nest deeply or name __proto__ are only data', () => {
    const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    expect(reportOn(deep)).toContain('an incident without a title');
    expect(reportOn('{"__proto__":{"title":"x"},"title":"y"}')).toContain('`y`');
  });
});

describe('findIncident', () => {
  it.each([
    ['<incident>{"a":1}</incident>', '{"a":1}'],
    ['The <incident> tag holds it.\n<incident>\n{"a":1}\n</incident>\nSo </incident> ends it.', '{"a":1}'],
    ['<incident>not JSON</incident>', 'not JSON'],
    ['<incident>{"a":"\\u003c/incident>"}</incident>', '{"a":"\\u003c/incident>"}'],
    ['no incident', undefined],
    ['<incident></incident>', undefined],
    ['</incident><incident>', undefined],
  ])('finds in %j: %j', (prompt, expected) => {
    expect(findIncident(prompt)).toBe(expected);
  });
});

describe('likelyCause', () => {
  it.each([
    ['Container was OOMKilled, then CrashLoopBackOff', 'OOMKilled'],
    ['Back-off restarting failed container', 'CrashLoopBackOff'],
    ['Failed to pull: ErrImagePull', 'ImagePullBackOff'],
    ['Failed to pull image "x:1": not found', 'ImagePullBackOff'],
    ['{"title":"KubeJobFailed"}', 'Job failed'],
    ['Job shop/import has failed', 'Job failed'],
    ['{"alertname":"KubePodNotReady"}', 'Not ready'],
    ['0/3 nodes are available: Insufficient cpu', 'Not scheduled'],
    ['secret missing: CreateContainerConfigError', 'CreateContainerConfigError'],
    ['the moon is full', 'unknown'],
  ])('takes %j for %s', (incident, reason) => {
    expect(likelyCause(incident).reason).toBe(reason);
  });
});
