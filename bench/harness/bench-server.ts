import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isReady, readAddress } from '../../demo/running-server.js';
import { killGroup, lastLines, startLogged, type LoggedChild } from '../../demo/child.js';

const READY_WITHIN_MS = 60_000;
const CLOSED_WITHIN_MS = 30_000;

/** A fresh data folder in the system's temporary folder; `remove` takes it away. */
export async function makeDataFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'triaged-bench-'));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface BenchServer {
  readonly url: string;
  /** From the spawn of `npm start` to the first 200 of /readyz. */
  readonly readyMs: number;
  readonly apiKey: string;
  close(): Promise<void>;
}

/** `npm start` on embedded defaults with this data folder. */
export async function startBenchServer(
  root: string,
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const began = performance.now();
  const npm = await startLogged('npm', ['--prefix', root, 'start', '--silent'], path.join(dataDir, 'server.log'), {
    ...process.env,
    PORT: '0',
    DATA_DIR: dataDir,
    ...environment,
  });
  try {
    const { url, pid } = await ready(npm, dataDir, began);
    const readyMs = performance.now() - began;
    const apiKey = (await readFile(path.join(dataDir, 'demo.api-key'), 'utf8')).trim();
    return { url, readyMs, apiKey, close: () => close(npm, pid) };
  } catch (error) {
    killGroup(npm.child);
    throw error;
  }
}

async function ready(npm: LoggedChild, dataDir: string, began: number): Promise<{ url: string; pid: number }> {
  while (performance.now() - began < READY_WITHIN_MS && npm.child.exitCode === null) {
    const address = await readAddress(dataDir);
    if (address && (await isReady(address.url))) return address;
    await delay(5);
  }
  throw new Error(`The server was not ready. Its last lines:\n${await lastLines(npm.logFile, 15)}`);
}

/** TERM to the server itself: npm between us does not pass every signal on. */
async function close(npm: LoggedChild, pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const timer = setTimeout(() => killGroup(npm.child), CLOSED_WITHIN_MS);
  await npm.ended;
  clearTimeout(timer);
}
