// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage } from '../testkit/shell-agent.js';
import { runCli, startCli, startOnTerminal } from '../testkit/terminal.js';
import { awaitRun, createInstance, getRun, randomKey } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = await createDataFolder();
  const settings = { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', RATE_LIMIT_REQUESTS: '10000' };
  server = await startServer({
    dataDir: folder.path,
    environment: { ...settings, AGENT_IMAGE: await buildShellAgentImage() },
  });
  const instanceId = await createInstance(server.client);
  environment = { DATA_DIR: folder.path, TRIAGED_INSTANCE: instanceId };
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** A workspace whose incident has the stand-in agent carry out a script. */
async function workspaceOf(name: string, script: string): Promise<string> {
  const workspace = path.join(folder.path, name);
  await mkdir(workspace);
  await writeFile(path.join(workspace, 'incident.json'), JSON.stringify({ id: name, script }));
  return workspace;
}

const RUN = /Run ([0-9a-f-]{36}): /;
const runIn = (text: string): string => RUN.exec(text)![1]!;
const artifact = async (id: string): Promise<Buffer> => {
  const { log } = await getRun(server.client, id);
  return readFile(path.join(folder.path, 'artifacts', id, 'output', log.fileName));
};

/** Prints until it is ended. */
const ENDLESS = 'i=0; while sleep 0.05; do i=$((i + 1)); echo "line $i"; done';

describe('what is loaded', () => {
  const hooks = `import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => (process._rawDebug(url), next(url, context)) });`;
  const loadedBy = async (...words: string[]): Promise<string[]> => {
    const traced = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hooks)}` };
    const { stderr } = await runCli(words, { environment: { ...environment, ...traced } });
    return stderr.split('\n').filter((line) => line.startsWith('file:'));
  };

  it('is the parser alone for help, and no part of the server for a command that asks one', async () => {
    const help = await loadedBy('--help');
    expect(help).toEqual(expect.arrayContaining([expect.stringMatching('dist/src/cli/program.js$')]));
    expect(help.filter((url) => !/dist\/(src\/cli|sdk\/src\/renderer)\/|node_modules\/commander\//.test(url))).toEqual(
      [],
    );
    const runs = await loadedBy('runs');
    expect(runs).toEqual(expect.arrayContaining([expect.stringMatching('dist/src/cli/commands/runs.js$')]));
    expect(runs.filter((url) => /dist\/src\/(?!cli\/)|type-graphql|typeorm|@apollo/.test(url))).toEqual([]);
  });
});

describe('triaged triage on a terminal', () => {
  it('shows the output while the agent works, and its end', async () => {
    const workspace = await workspaceOf(
      'live',
      'echo first; until [ -e /tmp/never ] || sleep 4; do :; done; echo second',
    );
    const cli = startOnTerminal(['triage', '-w', workspace, 'Why?'], { environment });
    await cli.shows('first');
    expect((await getRun(server.client, runIn(cli.printed()))).state).toBe('RUNNING');
    expect(cli.printed()).not.toContain('second');
    const { exitCode } = await cli.ended;
    expect(cli.printed()).toContain('second');
    expect(cli.printed()).toMatch(/FAILED after \d+s: 0 model calls/);
    expect(exitCode).toBe(1);
  });

  it('asks at Ctrl-C, and cancels the run when told to', async () => {
    const cli = startOnTerminal(['triage', '-w', await workspaceOf('cancelled', ENDLESS), 'Why?'], { environment });
    await cli.shows('line 3');
    cli.type('\x03');
    await cli.shows('Cancel the run (c)');
    cli.type('c\r');
    expect((await cli.ended).exitCode).toBe(1);
    expect(cli.printed()).toContain('CANCELLED');
    expect((await getRun(server.client, runIn(cli.printed()))).state).toBe('CANCELLED');
  });

  it('goes on at Enter, and leaves the run at a second Ctrl-C; another process reads on to the same bytes', async () => {
    const cli = startOnTerminal(['triage', '-w', await workspaceOf('left', ENDLESS), 'Why?'], { environment });
    await cli.shows('line 3');
    cli.type('\x03');
    await cli.shows('Cancel the run (c)');
    cli.type('\r');
    // Some lines on: as soon after the first as now, a second one would count as the first.
    await cli.shows(`line ${[...cli.printed().matchAll(/line \d+/g)].length + 15}\r`);
    cli.type('\x03');
    await cli.shows(/Cancel the run[^]*Cancel the run/);
    cli.type('\x03');
    expect((await cli.ended).exitCode).toBe(130);
    const id = runIn(cli.printed());
    expect(cli.printed()).toContain(`triaged logs -f ${id}`);
    expect((await getRun(server.client, id)).state).toBe('RUNNING');

    const following = startCli(['logs', '-f', '--raw', id], { environment });
    await following.shows('line 40');
    const cancelled = await runCli(['cancel', id, '--json'], { environment });
    expect(JSON.parse(cancelled.stdout)).toMatchObject({ id, cancelRequestedAt: expect.any(String) });
    const { exitCode, stdout } = await following.ended;
    expect(exitCode).toBe(0);
    await awaitRun(server.client, id, ['CANCELLED']);
    expect(stdout.equals(await artifact(id))).toBe(true);
  });
});

describe('triaged without a terminal', () => {
  it('leaves the run at SIGINT, and says how to follow it', async () => {
    const words = ['triage', '-w', await workspaceOf('piped', ENDLESS), '--raw', 'Why?'];
    const cli = startCli(words, { environment });
    await cli.shows('line 3');
    cli.signal('SIGINT');
    const { exitCode, stdout, stderr } = await cli.ended;
    const id = runIn(stderr);
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: expect.stringContaining(`triaged logs -f ${id}`) });
    expect(stdout.toString()).toMatch(/^(line \d+\n)+$/);
    expect((await getRun(server.client, id)).state).toBe('RUNNING');
    expect((await runCli(['cancel', id], { environment })).exitCode).toBe(0);
    await awaitRun(server.client, id, ['CANCELLED']);
  });

  it('prints the id of a run that it leaves at once, and reads its log when asked', async () => {
    const words = ['triage', '-d', '--incident', '-', 'Why?'];
    const stdin = JSON.stringify({ script: String.raw`printf '\033[31mred\033[0m\n'; printf 'no newline'` });
    const { stdout, exitCode } = await runCli(words, { environment, stdin });
    expect(exitCode).toBe(0);
    const id = stdout.trim();
    await awaitRun(server.client, id);
    expect((await runCli(['logs', id, '--raw'], { environment })).stdout).toBe('\x1b[31mred\x1b[0m\nno newline');
    expect((await runCli(['logs', id], { environment })).stdout).toBe('red\nno newline\n');
    const events = (await runCli(['logs', '--json', id], { environment })).stdout.trimEnd().split('\n');
    expect(events.map((line) => JSON.parse(line) as unknown)).toEqual([
      { kind: 'raw', line: '\x1b[31mred\x1b[0m', continued: false },
      { kind: 'raw', line: 'no newline', continued: false },
    ]);
  });

  it('lists runs between tabs, and as JSON, by state', async () => {
    const { stdout } = await runCli(['runs', '--state', 'cancelled', '-n', '2'], { environment });
    const [head, ...rows] = stdout.trimEnd().split('\n').map((line) => line.split('\t')); // prettier-ignore
    expect(head).toEqual(['RUN', 'STATE', 'REASON', 'AGENT', 'MODEL', 'TOKENS', 'COST', 'AGE']);
    expect(rows.map(([, state]) => state)).toEqual(['CANCELLED', 'CANCELLED']);
    const runs = JSON.parse((await runCli(['runs', '--json'], { environment })).stdout) as { id: string }[];
    expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining(rows.map(([id]) => id)));
  });
});

describe('output that cannot be written', () => {
  const shell = promisify(execFile);
  const cli = path.resolve(import.meta.dirname, '../../dist/src/cli/main.js');
  const errorsOf = async (command: string) => {
    const { stderr } = await shell('bash', ['-c', command, process.execPath, cli]);
    return stderr;
  };

  it('ends the command without a word when its reader has gone', async () => {
    const command = '(sleep 0.5; exec "$0" "$1" help exit-codes) | true; echo "code ${PIPESTATUS[0]}" >&2';
    expect(await errorsOf(command)).toBe('code 141\n');
  });

  it('fails with the reason otherwise', async () => {
    const stderr = await errorsOf('"$0" "$1" help exit-codes > /dev/full; echo "code $?" >&2');
    expect(stderr).toMatch(/^triaged: The output cannot be written: .*\ncode 1\n$/);
  });
});

describe('triaged, when something is wrong', () => {
  const attempt = (words: readonly string[], change: Record<string, string>) =>
    runCli(words, { environment: { ...environment, ...change } });

  it('says that no server is there, and which one was meant', async () => {
    const { exitCode, stderr } = await attempt(['runs'], {
      TRIAGED_URL: 'http://127.0.0.1:9',
      TRIAGED_API_KEY: 'tri_x',
    });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^triaged: No server answers at http:\/\/127\.0\.0\.1:9, which is from TRIAGED_URL: .*\n$/);
  });

  it('says that the key is refused, and where it is from', async () => {
    for (const words of [['runs'], ['logs', '-f', '00000000-0000-4000-8000-000000000000']]) {
      const { exitCode, stderr } = await attempt(words, { TRIAGED_API_KEY: 'tri_wrong' });
      expect(exitCode).toBe(4);
      expect(stderr).toMatch(/^triaged: .* refuses the API key, which is from TRIAGED_API_KEY: .*\n$/);
      expect(stderr).not.toContain('tri_wrong');
    }
  });

  it('says that something is no triaged server', async () => {
    const { exitCode, stderr } = await attempt(['runs'], {
      TRIAGED_URL: `${server.url}/livez`,
      TRIAGED_API_KEY: 'tri_x',
    });
    expect({ exitCode, lines: stderr.trimEnd().split('\n').length }).toEqual({ exitCode: 3, lines: 1 });
  });

  it.each([
    [['report', '00000000-0000-4000-8000-000000000000'], 5, 'NOT_FOUND'],
    [['instances', 'show', 'nobody'], 5, 'no instance named "nobody"'],
    [['triage', '--incident', '/none', 'Why?'], 2, 'There is no file /none'],
    [['instances', 'create', 'x'.repeat(200)], 6, 'BAD_USER_INPUT'],
  ])('answers %j with %i', async (words, exitCode, why) => {
    expect(await attempt(words, {})).toMatchObject({ exitCode, stdout: '', stderr: expect.stringContaining(why) });
  });
});

describe('a key that is typed', () => {
  it('is not shown, stands in no argument, and is stored', async () => {
    const key = randomKey();
    const cli = startOnTerminal(['ai-agents', 'rotate-key'], { environment });
    await cli.shows('not shown');
    cli.type(`${key}\r`);
    expect((await cli.ended).exitCode).toBe(0);
    expect(cli.printed()).toContain(`…${key.slice(-4)}`);
    expect(cli.printed()).not.toContain(key.slice(0, 20));
  });

  it('is read from standard input where nobody types', async () => {
    const key = randomKey();
    const { stdout, exitCode } = await runCli(['ai-agents', 'rotate-key'], { environment, stdin: `${key}\n` });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining(`key\t…${key.slice(-4)}`) });
    expect(await runCli(['ai-agents', 'rotate-key'], { environment })).toMatchObject({ exitCode: 2 });
  });
});
