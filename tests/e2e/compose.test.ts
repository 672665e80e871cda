// needs: docker, docker-compose
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { docker, runContainers } from '../testkit/docker.js';
import { markedBlock } from '../testkit/documents.js';
import { createDataFolder } from '../testkit/server.js';
import { until } from '../testkit/until.js';

const root = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
/** The first build of the images, of a new lock file, on a busy machine. */
const BUILD_MS = 1_500_000;

const project = `trg-${randomBytes(4).toString('hex')}`;
let folder: Awaited<ReturnType<typeof createDataFolder>>;
let state: string;
let port: number;

/** Without what would configure servers of tests. */
const environment = (): NodeJS.ProcessEnv => {
  const { PATH, HOME, DOCKER_HOST, AGENT_IMAGE, TRIAGED_CACHE_DIR, NPM_REGISTRY, SERVER_IMAGE } = process.env;
  return { PATH, HOME, DOCKER_HOST, AGENT_IMAGE, TRIAGED_CACHE_DIR, NPM_REGISTRY, SERVER_IMAGE };
};

const command = async (program: string, args: readonly string[], timeout: number): Promise<string> => {
  const { stdout } = await run(program, args, { cwd: root, env: environment(), timeout, maxBuffer: 64 * 1024 ** 2 });
  return stdout;
};

const compose = (...args: string[]): Promise<string> =>
  command('docker-compose', ['--project-name', project, '--env-file', path.join(state, 'env'), ...args], 180_000);

interface Container {
  readonly Config: { readonly User: string; readonly Env: readonly string[]; readonly Cmd: readonly string[] };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly PortBindings: Record<string, readonly { HostIp: string; HostPort: string }[]>;
  };
  readonly Mounts: readonly { readonly Source: string; readonly Destination: string }[];
}

async function container(service: string): Promise<Container> {
  const id = (await compose('ps', '-q', service)).trim();
  return (JSON.parse(await docker('inspect', id)) as [Container])[0];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

beforeAll(async () => {
  folder = await createDataFolder();
  state = path.join(folder.path, 'c');
  port = await freePort();
  await command('bash', ['scripts/server-image.sh'], BUILD_MS);
  const init = ['scripts/compose-init.mjs', '--state', state, '--mock', '--port', String(port)];
  await command(process.execPath, init, 120_000);
  await compose('up', '-d');
}, BUILD_MS);

afterAll(async () => {
  if (state) await compose('down', '--volumes', '--remove-orphans', '--timeout', '30').catch(() => undefined);
  await folder?.remove();
}, 180_000);

const isReady = (): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

describe('compose.yaml', () => {
  it('starts Postgres, Redis, a server for clients and one for runs, which runs the demo in a container of the same engine', async () => {
    await until(isReady, 90_000);
    const worker = (await compose('ps', '-q', 'worker')).trim();
    const health = () => docker('inspect', '--format', '{{.State.Health.Status}}', worker);
    await until(async () => (await health()) === 'healthy', 90_000);
    const key = (await readFile(path.join(state, 'admin.api-key'), 'utf8')).trim();
    const child = spawn(process.execPath, [path.join(root, 'scripts/demo.mjs'), '--once', '--json'], {
      cwd: root,
      env: {
        ...environment(),
        DATA_DIR: path.join(folder.path, 'demo'),
        TRIAGED_URL: `http://127.0.0.1:${port}`,
        TRIAGED_API_KEY: key,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [code, stdout] = await Promise.all([ended, text(child.stdout)]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'SUCCEEDED', runtime: 'DOCKER' });
    const id = (JSON.parse(stdout) as { id?: string; runId?: string }).runId;
    await until(async () => (await runContainers(id)).length === 0, 20_000);
  });

  it('gives the servers no more than they need, the engine to the worker alone, and a port to this machine alone', async () => {
    const names = ['api', 'worker', 'postgres', 'redis'];
    const [api, worker, postgres, redis] = (await Promise.all(names.map(container))) as [
      Container,
      Container,
      Container,
      Container,
    ];

    expect(api.HostConfig.PortBindings).toEqual({ '4000/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] });
    for (const { HostConfig } of [worker, postgres, redis]) expect(HostConfig.PortBindings).toEqual({});
    const hasEngine = ({ Mounts }: Container) => Mounts.some(({ Source }) => Source.endsWith('docker.sock'));
    expect([api, worker, postgres, redis].map(hasEngine)).toEqual([false, true, false, false]);
    const mountsRuns = ({ Mounts }: Container) =>
      Mounts.filter(({ Source }) => Source === path.join(state, 'run')).map(({ Destination }) => Destination);
    expect(mountsRuns(worker)).toEqual([path.join(state, 'run')]);
    expect(mountsRuns(api)).toEqual([]);
    for (const { Config, HostConfig } of [api, worker, redis]) {
      expect(Config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'] });
      expect(HostConfig.SecurityOpt).toEqual([expect.stringContaining('no-new-privileges')]);
    }
  });

  it('keeps its secrets in files for their owner alone: the engine has none of them', async () => {
    const names = ['postgres-password', 'database-url', 'redis-url', 'redis.conf', 'master-secret'];
    const inspected = JSON.stringify(await Promise.all(['api', 'worker', 'postgres', 'redis'].map(container)));
    for (const name of names) {
      const file = path.join(state, 'secrets', name);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const [secret = ''] = /[0-9a-f]{32,}/.exec(await readFile(file, 'utf8')) ?? [];
      expect(secret).not.toBe('');
      expect(inspected).not.toContain(secret);
    }
    expect((await stat(path.join(state, 'admin.api-key'))).mode & 0o777).toBe(0o600);
  });

  it('comes back from a backup by the commands of docs/operation.md', async () => {
    const kept = path.join(folder.path, 'kept');
    await mkdir(kept);
    const documented = async (mark: string): Promise<void> => {
      const ours = markedBlock('docs/operation.md', mark)
        .replaceAll('docker compose --env-file .compose/env', '$COMPOSE')
        .replaceAll('.compose', '"$STATE"')
        .replaceAll('triaged.dump', '"$SAFE_PLACE/triaged.dump"')
        .replaceAll('triaged-files', '"$SAFE_PLACE"/triaged-files');
      const settings = path.join(state, 'env');
      const names = {
        COMPOSE: `docker-compose --project-name ${project} --env-file ${settings}`,
        STATE: state,
        SAFE_PLACE: kept,
      };
      await run('bash', ['-euo', 'pipefail', '-c', ours], {
        cwd: root,
        env: { ...environment(), ...names },
        timeout: 240_000,
      });
    };
    const count = async (): Promise<string> => {
      const key = (await readFile(path.join(state, 'admin.api-key'), 'utf8')).trim();
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: JSON.stringify({ query: '{ triageRuns { items { id state endedAt prompt usage { inputTokens } } } }' }),
      });
      return response.text();
    };
    const before = await count();
    expect(before).toContain('SUCCEEDED');
    await documented('backup');
    await compose('stop', 'api', 'worker');
    await compose('rm', '--stop', '--force', '-v', 'postgres');
    await docker('volume', 'rm', `${project}_postgres`);
    await documented('restore');
    await until(isReady, 90_000);
    expect(await count()).toBe(before);
  }, 600_000);

  it('makes nothing anew where it was made before, and ends in order', async () => {
    const before = await readFile(path.join(state, 'secrets/master-secret'), 'utf8');
    await command(process.execPath, ['scripts/compose-init.mjs', '--state', state, '--port', '1'], 120_000);
    expect(await readFile(path.join(state, 'secrets/master-secret'), 'utf8')).toBe(before);
    expect(await readFile(path.join(state, 'env'), 'utf8')).toContain(`TRIAGED_PORT=${port}\n`);

    const ids = (await compose('ps', '-q', 'api', 'worker')).trim().split('\n');
    expect(ids).toHaveLength(2);
    await compose('stop', 'api', 'worker');
    const codes = ids.map((id) => docker('inspect', '--format', '{{.State.ExitCode}}', id));
    expect(await Promise.all(codes)).toEqual(['0', '0']);
    await compose('down', '--volumes', '--timeout', '30');
    expect(await docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`)).toBe('');
    expect(await docker('volume', 'ls', '-q', '--filter', `label=com.docker.compose.project=${project}`)).toBe('');
  });
});
