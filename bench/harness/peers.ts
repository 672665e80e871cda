import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { untilInterrupted } from './interruption.js';

const INSTALL_MS = 300_000;
const READY_MS = 60_000;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

async function versionsIn(file: string): Promise<string> {
  const lock = JSON.parse(await readFile(file, 'utf8').catch(() => '{"packages":{}}')) as Lock;
  const own = ['dataloader', 'fastify', 'graphql', 'mercurius', 'pg', 'postgraphile', 'type-graphql'];
  return [...own, '@apollo/server', '@portkey-ai/gateway']
    .map((name) => lock.packages[`node_modules/${name}`]?.version ?? 'none')
    .join(' ');
}

/** Installs the peers from their lockfile unless they are there; resolves to the reason when that fails. */
export async function installPeers(root: string, say: (text: string) => void): Promise<string | undefined> {
  const folder = path.join(root, 'bench');
  const wanted = await versionsIn(path.join(folder, 'package-lock.json'));
  if ((await versionsIn(path.join(folder, 'node_modules/.package-lock.json'))) === wanted) return undefined;
  say('installing the peers of bench/package.json');
  const command = ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  return promisify(execFile)('npm', command, { cwd: folder, timeout: INSTALL_MS }).then(
    () => undefined,
    (error: unknown) => `npm ci --prefix bench failed: ${String(error).split('\n').slice(0, 3).join(' ')}`,
  );
}

export interface PeerServer {
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

/** Starts `bench/peers/NAME.mjs`, which prints its port as one line of JSON and ends when its standard input does. */
export async function startPeer(
  root: string,
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<PeerServer> {
  const child = spawn(process.execPath, [path.join(root, 'bench/peers', `${name}.mjs`)], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const release = untilInterrupted(() => child.kill('SIGKILL'));
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    release();
  };
  try {
    const lines = createInterface({ input: child.stdout });
    const signal = AbortSignal.timeout(READY_MS);
    const [line] = (await Promise.race([
      once(lines, 'line', { signal }),
      ended.then(() => Promise.reject(new Error(`bench/peers/${name}.mjs ended before it was ready.`))),
    ])) as [string];
    return { port: (JSON.parse(line) as { port: number }).port, pid: child.pid!, close };
  } catch (error) {
    await close();
    throw error;
  }
}
