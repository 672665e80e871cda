// needs: kubectl
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiServer, type ApiServer, type ApiServerOptions } from '../testkit/kubernetes/api-server.js';
import { SAMPLE_FOLDER } from '../testkit/kubernetes/cluster.js';
import { createKubectl, type Kubectl } from '../testkit/kubernetes/kubectl.js';

const POD = 'checkout-7d4b9c6f5-x2x9k';
const sample = (options: ApiServerOptions = {}) => startApiServer({ incidentFolder: SAMPLE_FOLDER, ...options });

let server: ApiServer;
let kubectl: Kubectl;

beforeAll(async () => {
  server = await sample();
  kubectl = await createKubectl(server.kubeconfig({ namespace: 'shop' }));
});

afterAll(async () => {
  await kubectl?.remove();
  await server?.close();
});

/** Runs something with a kubectl whose server has other rules. */
async function withRules(options: ApiServerOptions, body: (own: Kubectl, api: ApiServer) => Promise<void>) {
  const api = await sample(options);
  const own = await createKubectl(api.kubeconfig({ namespace: 'shop' }));
  try {
    await body(own, api);
  } finally {
    await own.remove();
    await api.close();
  }
}

const rows = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));

describe("the test kit's API server and the real kubectl", () => {
  it('says its version and what it serves', async () => {
    const version = JSON.parse((await kubectl('version', '-o', 'json')).stdout) as { serverVersion: object };
    expect(version.serverVersion).toMatchObject({ gitVersion: 'v1.31.0' });
    const { stdout } = await kubectl('api-resources', '-o', 'name');
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['pods', 'deployments.apps', 'jobs.batch']));
  });

  it('lists as a table, wide, as JSON and by selector', async () => {
    const pods = rows((await kubectl('get', 'pods', '-o', 'wide')).stdout);
    expect(pods[0]).toEqual(expect.arrayContaining(['NAME', 'READY', 'STATUS', 'NODE']));
    expect(pods.find(([name]) => name === POD)).toEqual(
      expect.arrayContaining(['0/1', 'CrashLoopBackOff', '10.244.0.37', 'worker-1']),
    );
    const names = async (...args: string[]) =>
      (await kubectl('get', 'pods', '-o', 'name', ...args)).stdout.trim().split('\n');
    expect(await names()).toHaveLength(2);
    expect(await names('-l', 'app=checkout')).toEqual([`pod/${POD}`]);
    expect(await names('-l', 'app notin (checkout)')).toEqual(['pod/storefront-6f7d9c5b8d-8wq2z']);
    expect(await names('-l', '!app')).toEqual(['']);
    expect(await names('--field-selector', `metadata.name=${POD}`)).toEqual([`pod/${POD}`]);
    expect(await names('--chunk-size', '1')).toHaveLength(2);
    expect((await kubectl('get', 'pods', '--field-selector', 'spec.color=red')).stderr).toContain('not supported');
    expect(JSON.parse((await kubectl('get', 'pod', POD, '-o', 'json')).stdout)).toMatchObject({
      spec: { containers: [{ name: 'checkout', resources: { limits: { memory: '256Mi' } } }] },
      status: { containerStatuses: [{ restartCount: 7, lastState: { terminated: { exitCode: 1 } } }] },
    });
    expect((await kubectl('get', 'all', '-A')).stdout).toContain('deployment.apps/checkout');
  });

  it('describes the pod with its events, its deployment and its node', async () => {
    const pod = await kubectl('describe', 'pod', POD);
    expect(pod.stdout).toMatch(/Reason:\s+CrashLoopBackOff/);
    expect(pod.stdout).toMatch(/Exit Code:\s+1/);
    expect(pod.stdout).toMatch(/Warning\s+BackOff .*Back-off restarting failed container checkout/);
    expect((await kubectl('describe', 'deployment', 'checkout')).stdout).toMatch(/0 available \| 1 unavailable/);
    expect((await kubectl('describe', 'node', 'worker-1')).stdout).toContain(POD);
    expect((await kubectl('get', 'events')).stdout).toMatch(/BackOff\s+pod\/checkout/);
  });

  it('gives logs, the previous ones, and says why there are none', async () => {
    const current = (await kubectl('logs', POD)).stdout;
    const previous = (await kubectl('logs', POD, '--previous')).stdout;
    expect(current).toContain('09:23:36Z ERROR connect ECONNREFUSED 10.96.14.7:5432');
    expect(previous).toContain('09:18:25Z ERROR connect ECONNREFUSED 10.96.14.7:5432');
    expect((await kubectl('logs', POD, '--tail', '1')).stdout).toBe(current.split('\n').at(-2)! + '\n');
    const none = await kubectl('logs', 'storefront-6f7d9c5b8d-8wq2z', '--previous');
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('previous terminated container "web"');
  });

  it('answers what may be done, and refuses Secrets and every write', async () => {
    expect((await kubectl('auth', 'can-i', 'get', 'pods')).stdout.trim()).toBe('yes');
    expect((await kubectl('auth', 'can-i', 'get', 'pods/log')).stdout.trim()).toBe('yes');
    expect((await kubectl('auth', 'can-i', 'get', 'secrets')).stdout.trim()).toBe('no');
    expect((await kubectl('auth', 'can-i', 'delete', 'pods')).stdout.trim()).toBe('no');
    const listed = (await kubectl('auth', 'can-i', '--list')).stdout;
    expect(listed).toMatch(/^pods\/log\s.*\[get list watch\]$/m);
    expect(listed).not.toMatch(/^secrets\s/m);
    expect((await kubectl('get', 'secrets')).stderr).toContain('(Forbidden): secrets is forbidden: User');

    expect(server.requests.filter(({ write }) => write)).toEqual([]);
    expect((await kubectl('delete', 'pod', POD)).stderr).toContain('Forbidden');
    expect((await kubectl('run', 'shell', '--image', 'busybox')).stderr).toContain('Forbidden');
    expect((await kubectl('exec', POD, '--', 'id')).stderr).toContain('Forbidden');
    const writes = server.requests.filter(({ write }) => write).map(({ verb, resource }) => `${verb} ${resource}`);
    expect(writes).toEqual(expect.arrayContaining(['delete pods', 'create pods']));
    expect(writes.some((write) => write.endsWith('pods/exec'))).toBe(true);
    expect((await kubectl('get', 'pod', POD)).code).toBe(0);
  });

  it('holds back what the rules of a test forbid', async () => {
    await withRules({ forbidden: ['nodes', 'pods/log'], canReadSecrets: true }, async (own) => {
      expect((await own('get', 'nodes')).stderr).toContain(
        'cannot list resource "nodes" in API group "" at the cluster scope',
      );
      expect((await own('logs', POD)).stderr).toContain('Forbidden');
      expect((await own('get', 'secrets')).stdout).toContain('storefront-session');
    });
    await withRules({ namespaces: ['shop'] }, async (own) => {
      expect((await own('get', 'pods')).code).toBe(0);
      expect((await own('get', 'pods', '-A')).stderr).toContain('Forbidden');
      expect((await own('auth', 'can-i', 'list', 'nodes')).stdout.trim()).toBe('no');
    });
  });

  it('knows its user by token or certificate, and nobody else', async () => {
    const byCertificate = await createKubectl(server.kubeconfig({ authentication: 'certificate' }));
    const stranger = await createKubectl(server.kubeconfig().replace(server.token, 'wrong'));
    try {
      expect((await byCertificate('get', 'nodes')).code).toBe(0);
      const refused = await stranger('get', 'nodes');
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/Unauthorized|logged in/);
    } finally {
      await byCertificate.remove();
      await stranger.remove();
    }
  });
});
