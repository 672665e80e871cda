// needs: docker
import { afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { STATE_FOLDERS } from '../../src/adapters/container-runtime/docker-layout.js';
import { adapterOf } from '../../src/features/ai-agents/index.js';
import { findQuotes, readReport } from '../../src/features/reports/index.js';
import { AI_AGENTS, type AiAgent } from '../../src/kernel/ai-agents.js';
import { startApiServer, type ApiServer } from '../testkit/kubernetes/api-server.js';
import { SAMPLE_FOLDER } from '../testkit/kubernetes/cluster.js';
import { startGatewayServer, type GatewayServer } from '../testkit/gateway-server.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';

const IMAGE = process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest';
const AGENTS = Object.keys(AI_AGENTS) as AiAgent[];
const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

/** A folder that the container's user may write to. */
async function openFolder(parent: string, name: string): Promise<string> {
  const folder = path.join(parent, name);
  await mkdir(folder);
  await chmod(folder, 0o777);
  return folder;
}

/**
 * Runs the image's inside half with a real CLI. The host's network stands for the run channel, so that the CLI talks to the
 * gateway and kubectl to the API server without anything between.
 */
async function runAgent(aiAgent: AiAgent, model: GatewayServer, cluster: ApiServer, key = model.credential) {
  const folder = await mkdtemp(path.join(tmpdir(), 'model-protocols-'));
  closings.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const workspace = await openFolder(folder, 'workspace');
  const output = await openFolder(folder, 'output');
  await writeFile(path.join(workspace, 'incident.json'), SAMPLE_INCIDENT);
  await writeFile(path.join(workspace, 'incident_cluster_permissions.json'), '{"canReadSecrets":false}');
  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig(), { mode: 0o644 });
  const { cli, keyVariable } = AI_AGENTS[aiAgent];
  const baseUrls = Object.entries(adapterOf(aiAgent).providers[0].modelBaseUrls).map(([name, below]) => [
    name,
    model.url + below,
  ]);
  const variables = { ...Object.fromEntries(baseUrls), AGENT_CLI: cli, [keyVariable]: key } as Record<string, string>;
  const args = [
    ...['run', '--rm', '--network', 'host', '--read-only', '--cap-drop', 'ALL', '--tmpfs', '/tmp'],
    ...STATE_FOLDERS.flatMap((state) => ['--tmpfs', `${state}:mode=1777`]),
    ...Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    ...['-v', `${workspace}:/workspace`, '-v', `${output}:/output`, '-v', `${kubeconfig}:/root/.kube/config:ro`],
    ...['--entrypoint', 'timeout', IMAGE, '90', '/opt/triaged/runners/run-agent.sh', '--inside'],
  ];
  const { code, log } = await new Promise<{ code: number; log: string }>((resolve) => {
    execFile('docker', args, { maxBuffer: 64 * 1024 * 1024, timeout: 110_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, log: stdout + stderr }),
    );
  });
  return { code, log, output };
}

async function startBoth(aiAgent: AiAgent): Promise<{ model: GatewayServer; cluster: ApiServer }> {
  const model = await startGatewayServer({ aiAgent, provider: adapterOf(aiAgent).providers[0].provider });
  closings.push(() => model.close());
  const cluster = await startApiServer({ incidentFolder: SAMPLE_FOLDER });
  closings.push(() => cluster.close());
  return { model, cluster };
}

describe('the real CLI, the gateway and the mock', () => {
  it.each(AGENTS)(
    'speak the same protocol: %s plays the whole script, asks the cluster and reports; every call is counted',
    async (aiAgent) => {
      const { model, cluster } = await startBoth(aiAgent);
      const { code, log, output } = await runAgent(aiAgent, model, cluster);
      expect([code, log.slice(-4000)]).toEqual([0, expect.anything()]);
      expect(model.calls.length).toBeGreaterThanOrEqual(5);
      for (const call of model.calls) {
        expect(call).toMatchObject({ aiAgent, outcome: 'COMPLETED', error: undefined, status: 200 });
      }
      const generating = model.calls.filter(({ outputTokens }) => outputTokens > 0);
      expect(generating.length).toBeGreaterThanOrEqual(5);
      for (const call of generating) expect(call.inputTokens).toBeGreaterThan(0);

      expect(cluster.requests.map(({ resource }) => resource)).toContain('pods/log');
      expect(await readFile(path.join(output, 'report.md'), 'utf8')).toContain("triaged's built-in mock");
      const { report, problem } = await readReport(path.join(output, 'report.json'));
      expect(problem).toBeUndefined();
      expect(report).toMatchObject({ outcome: 'ROOT_CAUSE_FOUND', rootCause: { confidence: 'MEDIUM' } });
      const bytes = Buffer.from(log);
      const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
      const quotes = report!.evidence.map(({ quote }) => quote);
      expect(await findQuotes(read, quotes)).toEqual(
        quotes.map(() => expect.objectContaining({ length: expect.any(Number) })),
      );
    },
    120_000,
  );

  it.each(AGENTS)(
    'agree about a wrong key: %s does not report, and no call was made',
    async (aiAgent) => {
      const { model, cluster } = await startBoth(aiAgent);
      const { code, log, output } = await runAgent(aiAgent, model, cluster, 'key-of-another-run');
      expect(log).toMatch(/only the key of the triage run/);
      expect(code === 0 ? adapterOf(aiAgent).judge(log) : code).toBeTruthy();
      expect(model.calls).toEqual([]);
      await expect(readFile(path.join(output, 'report.json'))).rejects.toThrow('ENOENT');
    },
    120_000,
  );
});
