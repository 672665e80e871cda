import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestClient } from './client.js';

const root = path.resolve(import.meta.dirname, '../..');

export interface TestServer {
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Where metrics are, when the environment asks for them. */
  readonly metricsPort: number | undefined;
  readonly client: TestClient;
  /** Everything the server printed so far. */
  output(): Promise<string>;
  /** Resolves with its exit code, null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** SIGKILL, as a crash; the data folder stays. */
  kill(): Promise<void>;
  /** SIGTERM, as an operator; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** As `stop`, by another signal. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface TestServerOptions {
  readonly dataDir: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Of its client; the generated demo tenant's unless given. */
  readonly apiKey?: string;
}

/** A fresh data folder inside the checkout: short enough for sockets, passable for Postgres. */
export async function createDataFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  await mkdir(path.join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(path.join(root, '.cache', 't-'));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts the real server as a process of its own, on a free port, and waits until it is ready. */
export async function startServer({ dataDir, environment = {}, ...options }: TestServerOptions): Promise<TestServer> {
  const logFile = path.join(dataDir, `server-${Date.now()}.log`);
  await mkdir(dataDir, { recursive: true });
  const log = createWriteStream(logFile);
  const child = spawn(process.execPath, [path.join(root, 'dist/src/main.js')], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      PORT: '0',
      DATA_DIR: dataDir,
      ...(process.env.AGENT_IMAGE ? { AGENT_IMAGE: process.env.AGENT_IMAGE } : {}),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });

  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const output = () => readFile(logFile, 'utf8').catch(() => '');
  const { port, metricsPort } = await readyPort(child, dataDir, output);
  const url = `http://127.0.0.1:${port}`;
  const demoKey = (await readFile(path.join(dataDir, 'demo.api-key'), 'utf8').catch(() => '')).trim();
  const client = new TestClient(url, options.apiKey ?? demoKey);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    await client.close();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    log.end();
    return child.exitCode;
  };
  return {
    url,
    dataDir,
    pid: child.pid!,
    metricsPort,
    client,
    output,
    exited,
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
    end,
  };
}

interface Announcement {
  readonly pid: number;
  readonly port: number;
  readonly metricsPort?: number;
}

async function readyPort(
  child: ChildProcess,
  dataDir: string,
  output: () => Promise<string>,
): Promise<{ port: number; metricsPort: number | undefined }> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${await output()}`);
    const announced = await readFile(path.join(dataDir, 'server.json'), 'utf8').catch(() => undefined);
    const server = announced ? (JSON.parse(announced) as Announcement) : undefined;
    if (server?.pid === child.pid) {
      const ready = await fetch(`http://127.0.0.1:${server!.port}/readyz`).catch(() => undefined);
      if (ready?.ok) return { port: server!.port, metricsPort: server!.metricsPort };
    }
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error(`the server was not ready within 60 s:\n${await output()}`);
}
