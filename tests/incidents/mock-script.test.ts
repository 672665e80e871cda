// needs: kubectl
import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { triageTurn } from '../../src/adapters/model-upstream/mock/script/triage-script.js';
import { findingsOf } from '../../src/adapters/model-upstream/mock/script/findings.js';
import { reportJson } from '../../src/adapters/model-upstream/mock/script/report-json.js';
import { readReport } from '../../src/features/reports/index.js';
import { startApiServer } from '../testkit/kubernetes/api-server.js';
import { runProgram } from '../testkit/kubernetes/kubectl.js';

const directory = process.env.TRIAGED_INCIDENTS_DIR;
if (!directory) throw new Error('Set TRIAGED_INCIDENTS_DIR to the folder of recorded incidents.');

/** What the script makes of each with the cluster's answers: often more than the alert alone says. */
const CAUSES = {
  '01_oom_kill': 'OOMKilled',
  '02_crashloop_backoff': 'CrashLoopBackOff',
  '04_image_pull_backoff': 'ImagePullBackOff',
  '05_crashpod': 'CrashLoopBackOff',
  '06_job_failure': 'Job failed',
  '07_job_syntax_error': 'Job failed',
  '12_KubePodNotReady': 'Not scheduled',
};
const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

/** Plays the whole script as an agent would, with a shell and a cluster; gives what was printed and reported. */
async function play(incidentFolder: string) {
  const server = await startApiServer({ incidentFolder });
  closings.push(() => server.close());
  const folder = await mkdtemp(path.join(tmpdir(), 'mock-script-'));
  closings.push(() => rm(folder, { recursive: true }));
  const incident = await readFile(path.join(incidentFolder, 'investigate_request.json'), 'utf8');
  await writeFile(path.join(folder, 'incident.json'), incident);
  await writeFile(path.join(folder, 'kubeconfig'), server.kubeconfig());
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, WORKSPACE: folder, OUTPUT: folder },
    KUBECONFIG: path.join(folder, 'kubeconfig'),
  };
  const prompt = `<incident>${incident}</incident>
<kubernetes_cluster_access_permissions>{"canReadSecrets":false}</kubernetes_cluster_access_permissions>`;
  const toolResults: string[] = [];
  for (;;) {
    const turn = triageTurn({ hasShell: true, prompt, toolResults });
    if (!turn.shell) break;
    toolResults.push((await runProgram('/bin/bash', ['--norc', '-c', turn.shell.command], env)).stdout);
  }
  const { report, problem } = await readReport(path.join(folder, 'report.json'));
  if (!report) throw new Error(`The report is wrong: ${problem.message}`);
  return { server, printed: toolResults, report };
}

describe('the script of the mock in the recorded incidents', () => {
  it.each(Object.entries(CAUSES))(
    'asks the cluster about %s, quotes what came back and finds %s',
    async (name, cause) => {
      const { server, printed, report } = await play(path.join(directory, name));
      expect(printed).toHaveLength(4);
      const asked = server.requests.map(({ resource }) => resource);
      expect(asked).toEqual(expect.arrayContaining(['pods', 'pods/log']));
      expect(server.requests.filter(({ write }) => write)).toEqual([]);
      expect(report.outcome).toBe('ROOT_CAUSE_FOUND');
      expect(report.summary).toContain(`: ${cause}.`);
      expect(report.evidence.some(({ source }) => source.startsWith('kubectl '))).toBe(true);
      for (const { quote } of report.evidence) expect(printed.join('\n')).toContain(quote);
    },
  );

  it.each([
    ['without an incident', undefined],
    ['of an incident that tells nothing', findingsOf('{"title":"Something is odd"}', [])],
  ])('keeps to the published form %s', async (_title, findings) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mock-script-'));
    closings.push(() => rm(folder, { recursive: true }));
    await writeFile(path.join(folder, 'report.json'), reportJson(findings));
    const { report } = await readReport(path.join(folder, 'report.json'));
    expect(report?.outcome).toBe('UNDETERMINED');
  });
});
