// needs: kubectl, jq
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startApiServer, type ApiServer, type ApiServerOptions } from '../testkit/kubernetes/api-server.js';
import { SAMPLE_FOLDER } from '../testkit/kubernetes/cluster.js';
import { createKubectl, runProgram, type Kubectl, type Outcome } from '../testkit/kubernetes/kubectl.js';

const SCRIPTS = path.resolve(import.meta.dirname, '../../agent-image/skill/k8s-troubleshooter/scripts');
const POD = 'checkout-7d4b9c6f5-x2x9k';
/** Each script with what it needs to be told. */
const CALLS = [
  ['incident_triage.sh'],
  ['pod_diagnostics.sh', POD, '-n', 'shop'],
  ['cluster_health_check.sh'],
  ['cluster_assessment.sh'],
  ['network_debug.sh', '-n', 'shop'],
  ['storage_check.sh'],
  ['helm_release_debug.sh', 'checkout', '-n', 'shop'],
] as const;

let folder: string;
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skill-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

type Run = (script: string, ...args: string[]) => Promise<Outcome & { read(file: string): Promise<string> }>;

/** Runs scripts of the skill against a cluster with such rules. */
async function withCluster(
  options: ApiServerOptions,
  body: (run: Run, server: ApiServer, kubectl: Kubectl) => Promise<void>,
) {
  const server = await startApiServer({ incidentFolder: SAMPLE_FOLDER, ...options });
  const kubectl = await createKubectl(server.kubeconfig());
  try {
    await body(runWith(kubectl.kubeconfigPath), server, kubectl);
  } finally {
    await kubectl.remove();
    await server.close();
  }
}

function runWith(kubeconfig: string): Run {
  return async (script, ...args) => {
    const output = path.join(folder, String(++runs));
    const flags = script === 'incident_triage.sh' ? ['--output-dir', output] : [];
    const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfig };
    const outcome = await runProgram(path.join(SCRIPTS, script), [...flags, ...args], env);
    return { ...outcome, read: (file) => readFile(path.join(output, file), 'utf8') };
  };
}

describe('the k8s-troubleshooter skill and the real kubectl', () => {
  it('finds the crash, its exit code and its last words', async () => {
    await withCluster({}, async (run) => {
      const triage = await run('incident_triage.sh');
      expect(triage).toMatchObject({ code: 0, stderr: '' });
      const report = await triage.read('triage-report.md');
      expect(report).toContain(`pod shop/${POD}: container checkout: waiting, CrashLoopBackOff`);
      expect(report).toContain('restarted 7 times, last: exit 1');
      expect(report).toContain('    2024-08-05T09:23:36Z ERROR connect ECONNREFUSED 10.96.14.7:5432');
      expect(report).toContain('    2024-08-05T09:18:25Z ERROR');
      expect(report).toContain('deployments shop/checkout: 0 of 1 pods ready');
      expect(report).not.toContain('storefront');
      expect(report).not.toContain('## Not read');
      expect(await triage.read('triage-summary.txt')).toContain('pods that do not work: 1.');
      expect(await triage.read(`evidence/describe-shop-${POD}.txt`)).toMatch(/Exit Code:\s+1/);
    });
  });

  it('goes on without nodes, and says that they are unknown', async () => {
    await withCluster({ forbidden: ['nodes'] }, async (run) => {
      const triage = await run('incident_triage.sh');
      expect(triage.code).toBe(0);
      const report = await triage.read('triage-report.md');
      expect(report).toContain('- nodes: forbidden');
      expect(report).toContain('CrashLoopBackOff');
      expect((await run('cluster_health_check.sh')).stdout).toContain('UNKNOWN  nodes ready: forbidden');
    });
  });

  it('looks at one namespace when only that may be read', async () => {
    await withCluster({ namespaces: ['shop'] }, async (run, server) => {
      const own = await createKubectl(server.kubeconfig({ namespace: 'shop' }));
      try {
        const triage = await runWith(own.kubeconfigPath)('incident_triage.sh');
        const report = await triage.read('triage-report.md');
        expect(report).toContain('only the namespace shop was looked at');
        expect(report).toContain(`pod shop/${POD}`);
      } finally {
        await own.remove();
      }
      expect(await (await run('incident_triage.sh', '--namespace', 'shop')).read('triage-report.md')).toContain(POD);
    });
  });

  it('says of everything that it is forbidden, and calls nothing healthy', async () => {
    await withCluster({ forbidden: ['*'] }, async (run) => {
      const triage = await run('incident_triage.sh');
      expect(triage.code).toBe(0);
      const report = await triage.read('triage-report.md');
      for (const what of ['pods', 'nodes', 'deployments', 'events']) expect(report).toContain(`- ${what}: forbidden`);
      expect(report).toContain('Unknown: pods could not be read');
      expect(report).toContain('references/rbac.md');
      expect(await triage.read('triage-summary.txt')).toContain('pods could not be read');
      const health = (await run('cluster_health_check.sh')).stdout;
      expect(health.match(/^OK/gm)).toHaveLength(1);
    });
  });

  it('ends with 1 and leaves nothing when no cluster answers', async () => {
    await withCluster({}, async (run, server) => {
      await server.close();
      const triage = await run('incident_triage.sh');
      expect(triage).toMatchObject({ code: 1, stdout: '' });
      expect(triage.stderr).toContain('no cluster answers');
      await expect(triage.read('triage-report.md')).rejects.toThrow('ENOENT');
    });
  });

  it('writes to no cluster with any of its seven scripts, whatever it may read', async () => {
    expect(CALLS.map(([script]) => script as string).sort()).toEqual(
      (await readdir(SCRIPTS)).filter((name) => name !== 'lib.sh').sort(),
    );
    for (const options of [{ canReadSecrets: true }, { forbidden: ['*'] }]) {
      await withCluster(options, async (run, server, kubectl) => {
        for (const [script, ...args] of CALLS) {
          const before = server.requests.length;
          const { code } = await run(script, ...args);
          expect([0, 1]).toContain(code);
          expect(server.requests.length).toBeGreaterThan(before);
        }
        expect(server.requests.filter(({ write }) => write)).toEqual([]);
        expect(server.requests.filter(({ resource }) => resource === 'secrets')).toEqual([]);
        // The witness is awake.
        await kubectl('delete', 'pod', POD, '-n', 'shop');
        expect(server.requests.filter(({ write }) => write)).toHaveLength(1);
      });
    }
  });
});
