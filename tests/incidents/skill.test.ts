// needs: kubectl, jq
import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import { createKubectl, runProgram } from '../testkit/kubernetes/kubectl.js';

const directory = process.env.TRIAGED_INCIDENTS_DIR;
if (!directory || !existsSync(directory))
  throw new Error('Set TRIAGED_INCIDENTS_DIR to the folder of recorded incidents.');

const TRIAGE = path.resolve(
  import.meta.dirname,
  '../../agent-image/skill/k8s-troubleshooter/scripts/incident_triage.sh',
);

/** What a report must hold for its reader to be able to name the cause. */
const CLUES: readonly (readonly [incident: string, ...clues: string[]])[] = [
  ['01_oom_kill', 'OOMKilled', 'killed: out of memory'],
  ['02_crashloop_backoff', 'init container downloader', '"wge": executable file not found'],
  [
    '04_image_pull_backoff',
    'ErrImagePull',
    'pull access denied, repository does not exist or may require authorization',
  ],
  ['05_crashpod', 'exit 1', 'Certificate expired on 2024-08-03 17:00:08'],
  ['06_job_failure', 'java-api-checker-jzzdd', 'All host(s) tried for db query failed (tried: prod-db:3333)'],
  ['07_job_syntax_error', 'exit 2', 'syntax error: unexpected "fi"'],
  ['12_KubePodNotReady', 'not scheduled', '1 Insufficient nvidia.com/gpu'],
];

describe("the skill's triage of a recorded incident", () => {
  it.each(CLUES)('%s: shows the clues to its cause, in few words', async (incident, ...clues) => {
    const server = await startApiServer({ incidentFolder: path.join(directory, incident) });
    const kubectl = await createKubectl(server.kubeconfig());
    const folder = await mkdtemp(path.join(os.tmpdir(), 'skill-incident-'));
    try {
      const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubectl.kubeconfigPath };
      expect(await runProgram(TRIAGE, ['--output-dir', folder], env)).toMatchObject({ code: 0, stderr: '' });
      const report = await readFile(path.join(folder, 'triage-report.md'), 'utf8');
      for (const clue of clues) expect(report).toContain(clue);
      expect(report).toContain(server.failing.pod);
      expect(report.length).toBeLessThan(12_000);
      expect(server.requests.filter(({ write }) => write)).toEqual([]);
    } finally {
      await kubectl.remove();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
