// needs: docker, chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { screenshot, TestBrowser } from '../testkit/browser.js';
import { runContainers } from '../testkit/docker.js';
import { awaitLog, seenRows } from '../testkit/run-page.js';
import { createDataFolder } from '../testkit/server.js';

const root = path.resolve(import.meta.dirname, '../..');
const LIMIT_MS = 300_000;

let folder: Awaited<ReturnType<typeof createDataFolder>>;
beforeAll(async () => {
  folder = await createDataFolder();
});
afterAll(() => folder.remove());

/** All but what would configure the demo or its server: npm's own settings lead to the registry. */
function inherited(): NodeJS.ProcessEnv {
  const ours = ['DATABASE_URL', 'REDIS_URL', 'MODEL_UPSTREAM', 'PORT', 'RUNTIME', 'TRIAGED_URL', 'TRIAGED_API_KEY'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.includes(name)));
}

/** The demo as `npm run demo` starts it, with the test's data folder; `onProgress` sees stderr as it comes. */
async function demo(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  onProgress: (soFar: string, interrupt: () => void) => void = () => undefined,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [path.join(root, 'scripts/demo.mjs'), ...args], {
    cwd: root,
    env: { ...inherited(), DATA_DIR: folder.path, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let soFar = '';
  child.stderr.on('data', (piece: Buffer) => {
    soFar += piece.toString();
    onProgress(soFar, () => child.kill('SIGINT'));
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [code, stdout] = await Promise.all([ended, text(child.stdout)]);
  return { code, stdout, stderr: soFar };
}

/** Processes that name the test's data folder in their arguments or their environment. */
async function processesLeft(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = (pid: string, name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = await read(pid, 'cmdline');
      const mentions = `${command}\0${await read(pid, 'environ')}`.includes(folder.path);
      return mentions ? [`${pid} ${command.replaceAll('\0', ' ')}`] : [];
    }),
  );
  return found.flat();
}

describe('npm run demo -- --once --json', () => {
  it.each(['local', 'docker'])(
    'triages the sample with RUNTIME=%s, prints one JSON object and leaves nothing running',
    async (runtime) => {
      const { code, stdout, stderr } = await demo(['--once', '--json'], { RUNTIME: runtime });
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const result = JSON.parse(stdout) as { runId: string; files: Record<string, string> };
      expect(result).toMatchObject({
        ok: true,
        state: 'SUCCEEDED',
        exitCode: 0,
        runtime: runtime.toUpperCase(),
        modelUpstream: 'MOCK',
        logComplete: true,
        requestCount: expect.any(Number),
        server: { startedByDemo: true },
      });
      for (const name of ['log', 'prompt', 'report'])
        expect((await readFile(result.files[name]!)).length).toBeGreaterThan(0);
      expect(stderr).toContain('MOCK');
      if (runtime === 'local') expect(stderr).toContain('NO ISOLATION');
      expect(await processesLeft()).toEqual([]);
      expect(await readdir(folder.path)).not.toContain('server.json');
      if (runtime === 'docker') expect(await runContainers(result.runId)).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'runs without a container, loudly, when no engine answers',
    async () => {
      const { code, stderr } = await demo(['--once', '--json'], { DOCKER_HOST: `unix://${folder.path}/none` });
      expect(code).toBe(0);
      expect(stderr).toContain(`tried unix://${folder.path}/none: there is no such socket`);
      expect(stderr).toContain('NO ISOLATION');
    },
    LIMIT_MS,
  );

  it(
    'cancels the run and stops what it started on Ctrl-C',
    async () => {
      let interrupted = false;
      const { code, stdout, stderr } = await demo(['--json'], { RUNTIME: 'local' }, (soFar, interrupt) => {
        if (interrupted || !soFar.includes('Triage run ')) return;
        interrupted = true;
        interrupt();
      });
      expect(code).toBe(130);
      expect(JSON.parse(stdout)).toEqual({ ok: false, error: 'The demo was interrupted.' });
      expect(stderr).toContain('Cancelling run');
      expect(stderr).toContain('The run ended CANCELLED.');
      expect(await processesLeft()).toEqual([]);
    },
    LIMIT_MS,
  );

  it('says what to do when something is wrong, and prints that as JSON too', async () => {
    const wrong = await demo(['--once', '--json'], { RUNTIME: 'docker', DOCKER_HOST: `unix://${folder.path}/none` });
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ ok: false, advice: expect.stringContaining('Start Docker') });
    expect((await demo(['--nonsense'], {})).stderr).toContain('Usage: npm run demo');
    expect(await processesLeft()).toEqual([]);
  });
});

describe('npm run demo', () => {
  it(
    'leads to the first line of a run under way in the dashboard within a minute',
    async () => {
      const browser = await TestBrowser.start();
      const began = performance.now();
      let watching: Promise<number> | undefined;
      const watch = async (address: string): Promise<number> => {
        const key = await readFile(path.join(folder.path, 'demo.api-key'), 'utf8');
        const { page } = await browser.open(address, key.trim());
        await awaitLog(page, 1);
        await page.getByText('Running').first().waitFor();
        await screenshot(page, 'first-line');
        expect((await seenRows(page)).join('')).not.toBe('');
        return (performance.now() - began) / 1000;
      };
      try {
        await demo(['--json'], { RUNTIME: 'docker' }, (soFar, interrupt) => {
          const address = /Watch it: (http:\S+\/runs\/[0-9a-f-]+)/.exec(soFar)?.[1];
          if (address !== undefined) watching ??= watch(address).finally(interrupt);
        });
        const seconds = await watching;
        process.stdout.write(`the first line stood in the dashboard ${seconds?.toFixed(1)} s after the demo's start\n`);
        expect(seconds).toBeLessThan(60);
        expect(await processesLeft()).toEqual([]);
      } finally {
        await browser.close();
      }
    },
    LIMIT_MS,
  );
});
