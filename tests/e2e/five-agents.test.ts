// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { adapterOf } from '../../src/features/ai-agents/index.js';
import { AgentEventDecoder, lineParsers } from '../../sdk/src/renderer/index.js';
import { AI_AGENTS, AI_AGENT_NAMES } from '../../src/kernel/ai-agents.js';
import { registerCluster } from '../testkit/clusters.js';
import { awaitNoContainer } from '../testkit/docker.js';
import { startApiServer, type ApiServer } from '../testkit/kubernetes/api-server.js';
import { SAMPLE_FOLDER } from '../testkit/kubernetes/cluster.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, followOutput, getReport, randomKey, startTriage } from '../testkit/triage.js';

/** A line of the crashing pod's log, which nothing but the cluster tells. */
const LINE_OF_THE_POD = 'FATAL no database after 5 attempts, giving up';
const SESSION_FOLDER = {
  claude: '.claude',
  codex: '.codex',
  gemini: '.gemini',
  opencode: '.opencode',
  goose: '.goose',
};

const run = promisify(execFile);

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let cluster: ApiServer;
let server: TestServer;
let clusterId: string;

beforeAll(async () => {
  folder = await createDataFolder();
  cluster = await startApiServer({ incidentFolder: SAMPLE_FOLDER });
  server = await startServer({
    dataDir: folder.path,
    environment: {
      RUNTIME: 'docker',
      DOCKER_HOST: process.env.DOCKER_HOST ?? '',
      CLUSTER_NETWORKS: '127.0.0.0/8',
      RATE_LIMIT_REQUESTS: '1000',
    },
  });
  clusterId = (await registerCluster(server.client, cluster.kubeconfig())).id;
});

afterAll(async () => {
  await server?.stop();
  await cluster?.close();
  await folder?.remove();
});

/** Every file below the folder, whole; archives unpacked. */
async function contentsOf(directory: string): Promise<{ name: string; bytes: Buffer }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async (file) => ({
      name: path.relative(directory, file),
      bytes: file.endsWith('.tar.gz') ? await unpacked(file) : await readFile(file),
    })),
  );
}

interface Reported {
  readonly triageRun: {
    readonly report: {
      readonly outcome: string;
      readonly evidence: readonly { quote: string; citation: { offset: number; length: number } | null }[];
    } | null;
  };
}

const REPORT = `query ($id: ID!) { triageRun(id: $id) {
  report { outcome evidence { quote citation { offset length } } } } }`;

const unpacked = async (archive: string): Promise<Buffer> =>
  (await run('tar', ['-xzOf', archive], { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 })).stdout;

describe('a triage through the API by each real CLI, in a container, with a cluster', () => {
  it.each(AI_AGENT_NAMES)('%s looks with kubectl, reports, and leaves its session without its key', async (aiAgent) => {
    const { cli } = AI_AGENTS[aiAgent];
    const asked = cluster.requests.length;
    const apiKey = randomKey();
    const instanceId = await createInstance(server.client, { aiAgent, apiKey });
    const prompt = `What is wrong with checkout? Asked of ${cli}.`;
    const input = { instanceId, aiAgent, prompt, incident: SAMPLE_INCIDENT, clusterId, debug: true };
    const started = await startTriage(server.client, input);

    const { bytes } = await followOutput(server.client, started.id);
    const output = bytes.toString();
    const ended = await awaitRun(server.client, started.id);

    expect({ ...ended, output: output.slice(-3000) }).toMatchObject({ state: 'SUCCEEDED', exitCode: 0, failure: null });
    expect(ended.log).toMatchObject({ complete: true, truncated: false });
    expect(ended.log.fileName).toMatch(new RegExp(`^triage_${cli}_\\d{8}_\\d{6}\\.log$`));
    const lastEvent = output.split('\n').findLast((line) => line.startsWith('{'));
    expect(adapterOf(aiAgent).isTerminalEvent(lastEvent!)).toBe(true);
    expect(output).toContain(LINE_OF_THE_POD);

    const decoder = new AgentEventDecoder(lineParsers[aiAgent]);
    const events = [...decoder.push(bytes), ...decoder.end()];
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['text', 'toolCall', 'toolResult', 'usage']));
    expect(events.filter(({ kind }) => kind === 'end')).toEqual([expect.objectContaining({ succeeded: true })]);
    expect(events.filter((event) => event.kind === 'raw' && event.line.startsWith('{"type"'))).toEqual([]);

    expect(ended.usage.requestCount).toBeGreaterThanOrEqual(4);
    expect(ended.usage.errorCount).toBe(0);
    expect(ended.usage.inputTokens).toBeGreaterThan(0);
    expect(ended.usage.outputTokens).toBeGreaterThan(0);

    const requests = cluster.requests.slice(asked);
    const reads = requests.map(({ verb, resource }) => `${verb} ${resource}`);
    expect(reads).toEqual(expect.arrayContaining(['list pods', 'get pods', 'get pods/log']));
    expect(requests.filter(({ write }) => write)).toEqual([]);

    const artifacts = path.join(folder.path, 'artifacts', ended.id);
    const text = async (name: string) => (await readFile(path.join(artifacts, name))).toString();
    expect(ended.artifacts.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'workspace/incident.json',
        'workspace/incident_cluster_permissions.json',
        'workspace/prompt-sent.md',
        'workspace/logs/agent-session.tar.gz',
        'workspace/logs/agent-commands-executed.log',
        'output/report.md',
        'output/report.json',
        `output/${ended.log.fileName}`,
      ]),
    );
    expect(await text('output/report.md')).toContain('CrashLoopBackOff');
    const { report } = await getReport(server.client, ended.id);
    expect(report).toMatchObject({ evidence: expect.arrayContaining([expect.any(Object)]) });
    expect(report!.evidence.filter(({ citation }) => citation === null)).toEqual([]);
    const { triageRun } = await server.client.ok<Reported>(REPORT, { id: ended.id });
    expect(triageRun.report?.outcome).toBe('ROOT_CAUSE_FOUND');
    expect(triageRun.report?.evidence.length).toBeGreaterThan(0);
    for (const { quote, citation } of triageRun.report!.evidence) {
      const cited = bytes.subarray(citation!.offset, citation!.offset + citation!.length).toString();
      expect(cited === quote ? quote : JSON.parse(`"${cited}"`)).toBe(quote);
    }
    const sent = await text('workspace/prompt-sent.md');
    expect(sent).toContain(prompt);
    expect(sent.match(/<\/incident>/g)).toHaveLength(1);
    const commands = await text('workspace/logs/agent-commands-executed.log');
    expect(commands).toMatch(new RegExp(`${cli}[^]*inc-crashloop-checkout`));
    expect(commands).toContain('kubectl');

    const archive = path.join(artifacts, 'workspace/logs/agent-session.tar.gz');
    const { stdout: names } = await run('tar', ['-tzf', archive]);
    expect(
      new Set(
        names
          .trim()
          .split('\n')
          .map((name) => name.split('/')[0]),
      ),
    ).toEqual(new Set([SESSION_FOLDER[cli]]));
    expect((await unpacked(archive)).toString()).toContain('report.md');

    const files = await contentsOf(artifacts);
    expect(files.filter(({ bytes }) => bytes.includes(apiKey)).map(({ name }) => name)).toEqual([]);
    expect(await server.output()).not.toContain(apiKey);
    await awaitNoContainer(ended.id);
  });
});
