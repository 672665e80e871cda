// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { docker } from '../testkit/docker.js';
import { startApiServer, type ApiServer } from '../testkit/kubernetes/api-server.js';
import { SAMPLE_FOLDER } from '../testkit/kubernetes/cluster.js';
import { createKubectl, type Kubectl } from '../testkit/kubernetes/kubectl.js';

const IMAGE = process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest';
const SKILL = path.resolve(import.meta.dirname, '../../agent-image/skill/k8s-troubleshooter');
const POD = 'checkout-7d4b9c6f5-x2x9k';

let server: ApiServer;
let files: Kubectl;

beforeAll(async () => {
  server = await startApiServer({ incidentFolder: SAMPLE_FOLDER, forbidden: ['nodes'] });
  files = await createKubectl(server.kubeconfig());
  await chmod(files.kubeconfigPath, 0o644);
});

afterAll(async () => {
  await files?.remove();
  await server?.close();
});

/**
 * What a script prints in the agents' image: a user without a name, nothing to write to but /tmp. The host's network stands
 * for the run channel, which the API server is not behind here.
 */
const inContainer = (script: string) =>
  docker(
    ...['run', '--rm', '--network', 'host', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
    ...['--user', '12345:12345', '-v', `${files.kubeconfigPath}:/root/.kube/config:ro`],
    ...['-e', 'KUBECONFIG=/root/.kube/config', '-v', `${SKILL}:/skills/k8s-troubleshooter:ro`],
    ...['--entrypoint', 'bash', IMAGE, '-c', `set -eu; cd /skills/k8s-troubleshooter/scripts; ${script}`],
  );

describe("the agents' image, with a cluster", () => {
  it('has a kubectl that lists, describes, reads logs and asks what it may', async () => {
    const said = await inContainer(`
      kubectl get pods -n shop; kubectl describe pod -n shop ${POD}; kubectl logs -n shop ${POD} --previous
      kubectl get secrets -n shop 2>&1 || true; kubectl auth can-i get pods/log -n shop`);
    expect(said).toMatch(/0\/1\s+CrashLoopBackOff/);
    expect(said).toMatch(/Exit Code:\s+1/);
    expect(said).toContain('09:18:25Z ERROR connect ECONNREFUSED');
    expect(said).toContain('secrets is forbidden');
    expect(said).toMatch(/\nyes$/);
  });

  it('runs all seven scripts of the skill for any user, without a write to the cluster', async () => {
    const said = await inContainer(`
      ./incident_triage.sh --output-dir /tmp/triage >/dev/null; cat /tmp/triage/triage-report.md
      ./pod_diagnostics.sh ${POD} -n shop; ./cluster_health_check.sh && exit 9 || [ $? -eq 1 ]
      ./cluster_assessment.sh; ./network_debug.sh -n shop; ./storage_check.sh; ./helm_release_debug.sh checkout -n shop`);
    expect(said).toContain(`pod shop/${POD}: container checkout: waiting, CrashLoopBackOff`);
    for (const title of [
      `Pod shop/${POD}`,
      'Cluster assessment',
      'Network of namespace shop',
      'Storage',
      'Helm release',
    ]) {
      expect(said).toContain(`# ${title}`);
    }
    expect(said).toMatch(/^WARN {5}pods: 1$/m);
    expect(said).toContain('UNKNOWN  nodes ready: forbidden');
    expect(said).not.toMatch(/command not found|Read-only file system|Permission denied/);
    expect(server.requests.filter(({ write }) => write)).toEqual([]);
  });
});
