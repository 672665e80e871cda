// needs: docker
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { docker } from '../testkit/docker.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { createWorkspace, type StandaloneWorkspace } from '../testkit/standalone.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

jest.setTimeout(180_000);

const IMAGE = 'triaged-test/probe-agent';
const PROMPT = 'What is wrong\nwith checkout?';
const KEY = 'sk-ant-test-0123456789abcdef';

/** What one door gave its agent: the probe's lines, each under what it is about; artifacts and the prompt. */
interface Seen {
  readonly aspects: ReadonlyMap<string, string>;
  readonly artifacts: readonly string[];
  readonly prompt: string;
}

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let workspace: StandaloneWorkspace;
let api: Seen;
let shell: Seen;

const aspectsOf = (probe: string): Map<string, string> =>
  new Map(
    probe
      .trim()
      .split('\n')
      .map((line) => {
        const [kind, name, ...rest] = line.split(' ');
        const hasName = ['environment', 'mount', 'limit'].includes(kind!);
        if (name?.endsWith('/ai-agents/claude-code')) return ['mount {configuration folder}', rest.join(' ')];
        return hasName ? [`${kind} ${name}`, rest.join(' ')] : [kind!, [name, ...rest].join(' ')];
      }),
  );

const named = (artifacts: readonly string[]): string[] =>
  artifacts.map((name) => name.replace(/_\d{8}_\d{6}\.log$/, '_<timestamp>.log')).sort();

async function throughApi(): Promise<Seen> {
  const instanceId = await createInstance(server.client, { apiKey: KEY });
  const input = { instanceId, prompt: PROMPT, incident: SAMPLE_INCIDENT, model: 'sonnet', debug: true };
  const run = await awaitRun(server.client, (await startTriage(server.client, input)).id);
  const artifact = (name: string) => readFile(path.join(folder.path, 'artifacts', run.id, name), 'utf8');
  return {
    aspects: aspectsOf(await artifact('output/probe.txt')),
    artifacts: named(run.artifacts.map(({ name }) => name)),
    prompt: await artifact('workspace/prompt-sent.md'),
  };
}

async function throughShell(): Promise<Seen> {
  const environment = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' };
  const { exitCode, stderr } = await workspace.runAgent(['--image', IMAGE, '-d', PROMPT], environment);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const files = await readdir(workspace.path, { recursive: true, withFileTypes: true });
  const names = files
    .filter((file) => file.isFile())
    .map((file) => path.relative(workspace.path, path.join(file.parentPath, file.name)));
  return {
    aspects: aspectsOf(await readFile(path.join(workspace.path, 'output/probe.txt'), 'utf8')),
    artifacts: named(names.map((name) => (name.startsWith('output/') ? name : `workspace/${name}`))),
    prompt: await readFile(path.join(workspace.path, 'prompt-sent.md'), 'utf8'),
  };
}

/** The first column of the README's table of differences that are allowed. */
async function allowedDifferences(): Promise<string[]> {
  const readme = await readFile('agent-image/README.md', 'utf8');
  const table = /^### Allowed differences$[^]*?(?=^#|(?![^]))/m.exec(readme)?.[0] ?? '';
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, aspect]) => aspect!).sort();
}

beforeAll(async () => {
  const base = process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest';
  await docker(
    'build',
    '-q',
    '--network',
    'none',
    '--build-arg',
    `AGENT_IMAGE=${base}`,
    '-t',
    IMAGE,
    'tests/testkit/probe-agent',
  );
  folder = await createDataFolder();
  workspace = await createWorkspace({ 'incident.json': SAMPLE_INCIDENT });
  server = await startServer({
    dataDir: folder.path,
    environment: { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', AGENT_IMAGE: IMAGE },
  });
  api = await throughApi();
  shell = await throughShell();
});

afterAll(async () => {
  await server?.stop();
  await workspace?.remove();
  await folder?.remove();
});

describe('the two front doors on the same workspace', () => {
  it('give the agent the same mounts, limits and environment, but for the differences that the README lists', async () => {
    const differing = [...new Set([...api.aspects.keys(), ...shell.aspects.keys()])]
      // The shell's is the caller, who may be anybody but root.
      .filter((aspect) => aspect !== 'user' && api.aspects.get(aspect) !== shell.aspects.get(aspect))
      .sort();
    expect(differing).toEqual(await allowedDifferences());
  });

  it('send the same prompt', () => {
    expect(shell.prompt).toBe(api.prompt);
    expect(shell.prompt).toContain(PROMPT);
  });

  it('leave the same artifacts', () => {
    expect(shell.artifacts).toEqual(api.artifacts);
    expect(shell.artifacts).toEqual(
      expect.arrayContaining([
        'output/triage_claude_<timestamp>.log',
        'workspace/logs/agent-commands-executed.log',
        'workspace/logs/agent-session.tar.gz',
        'workspace/prompt-sent.md',
      ]),
    );
  });

  it('keep the agent in alike', () => {
    for (const { aspects } of [api, shell]) {
      expect(aspects.get('root')).toBe('read-only');
      expect(aspects.get('limit CapEff')).toMatch(/^0+$/);
      expect(aspects.get('limit CapBnd')).toMatch(/^0+$/);
      expect(aspects.get('limit NoNewPrivs')).toBe('1');
      expect(aspects.get('limit Seccomp')).toBe('2');
      expect(aspects.get('limit memory')).toBe(String(2 * 1024 ** 3));
      expect(aspects.get('limit processes')).toBe('512');
      expect(aspects.get('folder')).toBe('/home/agent');
      expect(aspects.get('user')).not.toMatch(/^0:/);
    }
  });
});
