import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroup, lastLines, startLogged, type LoggedChild } from '../../demo/child.js';
import { untilInterrupted } from './interruption.js';

const READY_WITHIN_MS = 60_000;
const CLOSED_WITHIN_MS = 30_000;

/** A fresh data folder in the system's temporary folder, which root's Postgres can pass; `remove` takes it away. */
export async function makeDataFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'triaged-bench-'));
  await chmod(folder, 0o711);
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface BenchServer {
  readonly url: string;
  readonly port: number;
  /** Of the server itself, whatever started it. */
  readonly pid: number;
  /** From the spawn to the first 200 of /readyz. */
  readonly readyMs: number;
  readonly apiKey: string;
  close(): Promise<void>;
}

/** By npm as a user would, or the compiled server directly. */
export type Through = 'npm start' | 'node';

/** The whole product on embedded defaults with this data folder; `environment` changes them. */
export async function startBenchServer(
  root: string,
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
  through: Through = 'npm start',
): Promise<BenchServer> {
  const [command, args] =
    through === 'node'
      ? [process.execPath, [path.join(root, 'dist/src/main.js')]]
      : ['npm', ['--prefix', root, 'start', '--silent']];
  const began = performance.now();
  const started = await startLogged(command, args, path.join(dataDir, 'server.log'), {
    ...process.env,
    PORT: '0',
    DATA_DIR: dataDir,
    ...environment,
  });
  const release = untilInterrupted(() => killGroup(started.child));
  try {
    const { port, pid } = await ready(started, dataDir, began);
    const readyMs = performance.now() - began;
    const apiKey = (await readFile(path.join(dataDir, 'demo.api-key'), 'utf8')).trim();
    const stop = () => close(started, pid).finally(release);
    return { url: `http://127.0.0.1:${port}`, port, pid, readyMs, apiKey, close: stop };
  } catch (error) {
    killGroup(started.child);
    release();
    throw error;
  }
}

async function ready(server: LoggedChild, dataDir: string, began: number): Promise<{ port: number; pid: number }> {
  while (performance.now() - began < READY_WITHIN_MS && server.child.exitCode === null) {
    const text = await readFile(path.join(dataDir, 'server.json'), 'utf8').catch(() => '');
    if (text.trim() !== '') {
      const address = JSON.parse(text) as { port: number; pid: number };
      const response = await fetch(`http://127.0.0.1:${address.port}/readyz`).catch(() => undefined);
      await response?.body?.cancel();
      if (response?.status === 200) return address;
    }
    await delay(5);
  }
  throw new Error(`The server was not ready. Its last lines:\n${await lastLines(server.logFile, 15)}`);
}

/** TERM to the server itself: npm between us does not pass every signal on. */
async function close(server: LoggedChild, pid: number): Promise<void> {
  if (server.child.exitCode === null && server.child.signalCode === null) process.kill(pid, 'SIGTERM');
  const timer = setTimeout(() => killGroup(server.child), CLOSED_WITHIN_MS);
  await server.ended;
  clearTimeout(timer);
}
