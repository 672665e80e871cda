import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lookCommand } from './cluster-look.js';
import { summarizeIncident } from './incident-summary.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'triaged-look-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the command with a kubectl that writes its arguments down, one a line; gives each call's arguments. */
function look(incident: object): {
  readonly asked: readonly string[][];
  readonly printed: string;
  readonly made: string[];
} {
  const calls = path.join(folder, 'calls');
  writeFileSync(
    path.join(folder, 'kubectl'),
    `#!/bin/bash\nprintf '%s\\0' "$@" >> ${calls}\necho >> ${calls}\necho "<answer>"\n`,
  );
  chmodSync(path.join(folder, 'kubectl'), 0o755);
  for (const tool of ['head', 'bash'])
    symlinkSync(execFileSync('/usr/bin/which', [tool], { encoding: 'utf8' }).trim(), path.join(folder, tool));
  const before = readdirSync(folder);
  const printed = execFileSync(
    '/bin/bash',
    ['--norc', '-c', lookCommand(summarizeIncident(JSON.stringify(incident)))],
    {
      ...{ cwd: folder, env: { PATH: folder }, timeout: 10_000, encoding: 'utf8' },
    },
  );
  const asked = existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : [];
  return {
    asked: asked.map((call) => call.split('\0').slice(0, -1)),
    printed,
    made: readdirSync(folder).filter((name) => !before.includes(name) && name !== 'calls'),
  };
}

const questions = (incident: object): string[] => look(incident).asked.map((call) => call.slice(1).join(' '));
const LOGS = '--all-containers --tail 40';

describe('the look at the cluster', () => {
  it("asks for the pods, and for the object's state and logs, each question before its answer", () => {
    const { asked, printed } = look({ labels: { namespace: 'shop', pod: 'checkout-1' } });
    expect(asked.map((call) => call.join(' '))).toEqual(
      [
        'get pods --namespace shop',
        'describe pod/checkout-1 --namespace shop',
        `logs pod/checkout-1 --previous --namespace shop ${LOGS}`,
        `logs pod/checkout-1 --namespace shop ${LOGS}`,
      ].map((question) => `--request-timeout=10s ${question}`),
    );
    expect(printed).toContain('$ kubectl describe pod/checkout-1 --namespace shop\n<answer>\n');
  });

  it.each([
    [{ kind: 'Job', name: 'import' }, 'describe job/import --namespace default'],
    [
      { subject_type: 'deployment', name: 'api-76897854c-cw5wh' },
      'describe pod/api-76897854c-cw5wh --namespace default',
    ],
    [{ subject_type: 'deployment', name: 'api' }, 'describe deployment/api --namespace default'],
    [{ kind: 'secret', name: 'api' }, 'describe pod/api --namespace default'],
  ])('takes %j for its object', (subject, expected) => {
    expect(questions({ subject })[1]).toBe(expected);
  });

  it.each([
    ["'; touch pwned; '"],
    ['$(touch pwned)'],
    ['`touch pwned`'],
    ['a\ntouch pwned'],
    ['a; touch pwned'],
    ['a && touch pwned'],
    ['--kubeconfig=/etc/passwd'],
    ['-A'],
    ['../secrets'],
    ['a b'],
    ['a/b'],
    ['*'],
    ['~'],
    ['Ünïcode'],
    ['x'.repeat(300)],
  ])('leaves out a name that Kubernetes would not take: %j', (name) => {
    const { asked, made } = look({ subject: { kind: name, name, namespace: name } });
    expect(made).toEqual([]);
    expect(asked.map((call) => call.slice(1).join(' '))).toEqual([
      'get pods --namespace default',
      'get events --namespace default',
    ]);
  });
});
