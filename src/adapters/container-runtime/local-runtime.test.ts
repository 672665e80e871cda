import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pino from 'pino';
import { newRunId, type RunId } from '../../kernel/ids.js';
import type { ContainerSpec } from '../../ports/container-runtime.js';
import { processesOfRun } from './local-run-processes.js';
import { LocalRuntime } from './local-runtime.js';

const logger = pino({ level: 'silent' });
const unhurried = AbortSignal.timeout(20_000);
/** Stands in for triaged-init: notes its environment, starts a child in a session of its own, then waits for TERM. */
const WAITING_INIT = `
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
process.on('SIGTERM', () => process.exit(7));
spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
writeFileSync('environment.json', JSON.stringify(process.env));`;

let scratch: string;
let runs: RunId[];
let runtime: LocalRuntime;

const newRuntime = (): LocalRuntime =>
  new LocalRuntime({
    dataDirectory: path.join(scratch, 'data'),
    runnersDirectory: path.join(scratch, 'runners'),
    initEntry: path.join(scratch, 'init.mjs'),
    versionsFile: path.join(scratch, 'versions.env'),
    searchPath: `${path.join(scratch, 'bin')}:/usr/bin:/bin`,
    npmEnvironment: { PATH: '/usr/bin:/bin' },
    memoryDirectory: path.join(scratch, 'memory'),
    logger,
  });

async function created(init: string): Promise<{ runId: RunId; base: string }> {
  await writeFile(path.join(scratch, 'init.mjs'), init);
  const runId = newRunId();
  runs.push(runId);
  const { configurationFolder, kubeconfig } = runtime.layout(runId, '/data/instance/ai-agents/claude-code');
  const spec: ContainerSpec = {
    ...{ runId, aiAgent: 'CLAUDE_CODE', channelDirectory: path.join(scratch, 'channel') },
    ...{ memoryFolders: [configurationFolder, path.dirname(kubeconfig)], memoryBytes: 2 ** 31, cpus: 1, pids: 100 },
  };
  expect(await runtime.create(spec)).toBe(runId);
  return { runId, base: path.join(scratch, 'data', 'local-runs', runId) };
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    await pause(50);
  }
  throw new Error('it did not happen within 10 s');
}

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'triaged-local-'));
  for (const folder of ['bin', 'memory', 'data', 'channel']) await mkdir(path.join(scratch, folder));
  await writeFile(path.join(scratch, 'versions.env'), PINNED);
  runs = [];
  runtime = newRuntime();
});

afterEach(async () => {
  for (const runId of runs) await runtime.remove(runId);
  await runtime.close();
  await rm(scratch, { recursive: true, force: true });
});

describe('LocalRuntime', () => {
  it('tells the exit code of triaged-init, and leaves nothing after remove', async () => {
    const { runId, base } = await created('process.exit(3);');
    expect(await runtime.inspect(runId)).toEqual({ kind: 'created' });
    await runtime.start(runId);
    expect(await runtime.wait(runId, unhurried)).toEqual({ kind: 'exited', exitCode: 3, outOfMemory: false });
    await runtime.remove(runId);
    await runtime.remove(runId);
    expect(await runtime.inspect(runId)).toBeUndefined();
    expect(await runtime.wait(runId, unhurried)).toBeUndefined();
    expect(await runtime.list()).toEqual([]);
    await expect(lstat(base)).rejects.toThrow('ENOENT');
    await expect(lstat(path.dirname(runtime.layout(runId, 'x').home))).rejects.toThrow('ENOENT');
  });

  it('keeps home, configuration and kubeconfig in memory, for the owner alone', async () => {
    const { runId } = await created('');
    const { home, configurationFolder, kubeconfig } = runtime.layout(runId, '/data/instance/ai-agents/claude-code');
    for (const folder of [home, configurationFolder, path.dirname(kubeconfig)]) {
      expect(folder.startsWith(path.join(scratch, 'memory'))).toBe(true);
      expect((await lstat(folder)).mode & 0o777).toBe(0o700);
    }
    expect(path.basename(configurationFolder)).toBe('claude-code');
  });

  it("gives triaged-init its channel and nothing of the server's environment", async () => {
    process.env.TRIAGED_TEST_SECRET = 'not for the agent';
    const { runId, base } = await created(WAITING_INIT);
    await runtime.start(runId);
    delete process.env.TRIAGED_TEST_SECRET;
    const text = await eventually(
      async () => (await readFile(path.join(base, 'environment.json'), 'utf8')) || undefined,
    );
    const environment = JSON.parse(text) as Record<string, string>;
    expect(environment).toMatchObject({
      TRIAGED_CHANNEL: path.join(scratch, 'channel', 's'),
      ...{ TRIAGED_MODEL_PORT: '0', RUN_ID: runId },
    });
    expect(text).not.toContain('not for the agent');
  });

  it('is found again by a server that starts anew, which does not start it twice', async () => {
    const { runId, base } = await created(`import { appendFileSync } from 'node:fs';
      appendFileSync('starts', 'x'); setTimeout(() => process.exit(5), 1500);`);
    await runtime.start(runId);
    const successor = newRuntime();
    await successor.start(runId);
    await eventually(async () => (await readFile(path.join(base, 'starts'), 'utf8')) || undefined);
    expect(await successor.list()).toEqual([{ runId, handle: runId }]);
    expect(await successor.inspect(runId)).toEqual({ kind: 'running' });
    expect(await successor.wait(runId, unhurried)).toMatchObject({ exitCode: 5 });
    await successor.start(runId);
    expect(await readFile(path.join(base, 'starts'), 'utf8')).toBe('x');
  });

  it('asks triaged-init to end, and then ends whatever it left behind', async () => {
    const { runId, base } = await created(WAITING_INIT);
    await runtime.start(runId);
    await eventually(() => lstat(path.join(base, 'environment.json')));
    expect((await processesOfRun(runId)).length).toBeGreaterThanOrEqual(3);
    await runtime.stop(runId, 10_000);
    expect(await runtime.inspect(runId)).toMatchObject({ kind: 'exited', exitCode: 7 });
    expect(await processesOfRun(runId)).toEqual([]);
  });

  it('kills after the grace what ignores TERM, with children that shed its environment', async () => {
    const { runId, base } = await created(
      WAITING_INIT.replace('process.exit(7)', 'undefined')
        .replace("'ignore' }", "'ignore', env: {} }")
        .concat('setInterval(() => 0, 1000);'),
    );
    await runtime.start(runId);
    await eventually(() => lstat(path.join(base, 'environment.json')));
    await runtime.stop(runId, 300);
    expect(await runtime.inspect(runId)).toEqual({ kind: 'exited', exitCode: 137, outOfMemory: false });
    expect(await processesOfRun(runId)).toEqual([]);
  });

  it('never signals a process that was given the pid of an ended one', async () => {
    const { runId, base } = await created('');
    const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
    for (const note of ['keeper', 'init']) await writeFile(path.join(base, note), `${bystander.pid!}\n`);
    expect(await runtime.inspect(runId)).toMatchObject({ kind: 'exited', exitCode: 137 });
    await runtime.stop(runId, 500);
    await runtime.remove(runId);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill('SIGKILL');
  });

  it('refuses memory folders outside the private folder of the run', async () => {
    const spec = {
      runId: newRunId(),
      aiAgent: 'CLAUDE_CODE',
      channelDirectory: '/c',
      memoryBytes: 1,
      cpus: 1,
      pids: 1,
    } as const;
    await expect(runtime.create({ ...spec, memoryFolders: ['/etc'] })).rejects.toThrow('/etc');
  });

  it('resolves stop and remove for a handle that is gone', async () => {
    const runId = newRunId();
    await runtime.stop(runId, 1000);
    await runtime.remove(runId);
    expect(await runtime.inspect(runId)).toBeUndefined();
  });
});

async function command(name: string, script: string): Promise<void> {
  const file = path.join(scratch, 'bin', name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

const PINNED = `# pinned
CLAUDE_CODE_VERSION=1.2.3
CODEX_VERSION=2.0.0
GEMINI_VERSION=3.0.0
OPENCODE_VERSION=4.0.0
GOOSE_VERSION=5.0.0
`;

/** An npm that notes its arguments and installs a package with a command. */
const FAKE_NPM = `
echo "$@" >> "$0.calls"
env > "$0.environment"
sleep 0.2
mkdir -p "$3/node_modules/.bin" "$3/node_modules/@anthropic-ai/claude-code"
echo '{"version":"1.2.3"}' > "$3/node_modules/@anthropic-ai/claude-code/package.json"
printf '#!/bin/sh\\n' > "$3/node_modules/.bin/claude"
chmod +x "$3/node_modules/.bin/claude"`;

describe('LocalRuntime.check', () => {
  it('is content with a CLI on the PATH', async () => {
    await command('claude', 'exit 0');
    await command('npm', 'exit 1');
    await expect(runtime.check('CLAUDE_CODE')).resolves.toBeUndefined();
  });

  it('fetches the pinned version once, however many ask, and puts it on the path of the agent', async () => {
    await command('npm', FAKE_NPM);
    await Promise.all([runtime.check('CLAUDE_CODE'), runtime.check('CLAUDE_CODE')]);
    await runtime.check('CLAUDE_CODE');
    const calls = (await readFile(path.join(scratch, 'bin', 'npm.calls'), 'utf8')).trim().split('\n');
    expect(calls).toHaveLength(1);
    expect(calls[0]).toContain('@anthropic-ai/claude-code@1.2.3');
    const seen = await readFile(path.join(scratch, 'bin', 'npm.environment'), 'utf8');
    expect(seen).toContain('PATH=/usr/bin:/bin\n');
    expect(seen).not.toContain('HOME=');
    const places = runtime.layout(newRunId(), 'x').path.split(':');
    expect(places).toContain(path.join(scratch, 'data', 'cli', 'claude-code', 'node_modules', '.bin'));
  });

  it('says what npm said and what to do when the fetch fails, and leaves nothing half-made', async () => {
    await command('npm', 'echo "npm error network is unreachable" >&2; exit 1');
    await expect(runtime.check('CLAUDE_CODE')).rejects.toMatchObject({
      code: 'RUNTIME_UNAVAILABLE',
      message: expect.stringMatching(/network is unreachable.*RUNTIME=docker/s) as unknown,
    });
    await command('npm', FAKE_NPM);
    await expect(runtime.check('CLAUDE_CODE')).resolves.toBeUndefined();
  });

  it('clears away what a server left that was killed while it fetched', async () => {
    const cli = path.join(scratch, 'data', 'cli');
    await mkdir(path.join(cli, 'fetch-abc123', 'node_modules'), { recursive: true });
    await command('npm', FAKE_NPM);
    await runtime.check('CLAUDE_CODE');
    expect(await readdir(cli)).toEqual(['claude-code']);
  });

  it.each([
    ['CODEX_CLI', 'codex', '@openai/codex@2.0.0'],
    ['GEMINI_CLI', 'gemini', '@google/gemini-cli@3.0.0'],
    ['OPENCODE', 'opencode', 'opencode-ai@4.0.0'],
    ['GOOSE', 'goose', `@aaif/goose-binary-${process.platform}-${process.arch}@5.0.0`],
  ] as const)('fetches %s, so that the agent finds %s', async (aiAgent, cli, wanted) => {
    await command(
      'npm',
      `for wanted; do :; done
      [ "$wanted" = "${wanted}" ] || exit 1
      package="$3/node_modules/\${wanted%@*}"
      mkdir -p "$package/bin" "$3/node_modules/.bin"
      printf '#!/bin/sh\\necho ${cli} ran\\n' > "$package/bin/${cli}"
      chmod +x "$package/bin/${cli}"
      [ ${cli} = goose ] || ln -s "../\${wanted%@*}/bin/${cli}" "$3/node_modules/.bin/${cli}"`,
    );
    await runtime.check(aiAgent);
    const { stdout } = await promisify(execFile)(cli, { env: { PATH: runtime.layout(newRunId(), 'x').path } });
    expect(stdout).toBe(`${cli} ran\n`);
  });
});
