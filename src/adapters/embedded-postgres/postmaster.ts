import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasErrno } from '../../kernel/errors.js';
import { processArguments } from '../../kernel/processes.js';
import type { SystemUser } from './system-user.js';

/** A running Postgres: not necessarily a child of ours. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

const START_LIMIT_MS = 60_000;
const LOG_LIMIT_BYTES = 10 * 1024 ** 2;

/** Small, and durable: fsync stays on. No unix socket, hence no socket file or lock that a kill could leave behind. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '128MB',
  log_checkpoints: 'off',
  timezone: 'UTC',
};

/** What `postmaster.pid` says: the pid, the port and the status are its lines 1, 4 and 8. */
async function readPidFile(data: string): Promise<{ pid: number; port: number; ready: boolean } | undefined> {
  const text = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch((error: unknown) => {
    if (hasErrno(error, 'ENOENT')) return '';
    throw error;
  });
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** True when the process is a postmaster of this data folder, and not one that only bears the pid it once had. */
async function isPostmasterOf(data: string, pid: number): Promise<boolean> {
  const [program, ...rest] = (await processArguments(pid)) ?? [];
  return program !== undefined && path.basename(program) === 'postgres' && rest[0] === '-D' && rest[1] === data;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}

/** Resolves to the postmaster once it takes connections; undefined when it has ended before. */
async function untilReady(data: string, alive: () => Promise<boolean> | boolean): Promise<Postmaster | undefined> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline) {
    const found = await readPidFile(data);
    if (found?.ready) return { pid: found.pid, port: found.port };
    if (!(await alive())) return undefined;
    await sleep(10);
  }
  throw new Error(`Postgres was not ready within ${START_LIMIT_MS / 1000} s.`);
}

/**
 * The postmaster that a killed server left running, once it is ready; undefined when there is none. A pid file without
 * its postmaster is removed, because Postgres takes it for valid when any other process of the user bears that pid.
 */
export async function findOrphan(data: string): Promise<Postmaster | undefined> {
  const found = await readPidFile(data);
  if (!found) return undefined;
  if (await isPostmasterOf(data, found.pid)) {
    return untilReady(data, () => isPostmasterOf(data, found.pid));
  }
  await rm(path.join(data, 'postmaster.pid'), { force: true });
  return undefined;
}

export interface StartOptions {
  readonly postgres: string;
  readonly data: string;
  readonly logFile: string;
  readonly user: SystemUser | undefined;
  /** Settings beside and above our own. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts a postmaster; rejects with the end of its log when it does not come up. */
export async function startPostmaster({ postgres, data, logFile, user, settings }: StartOptions): Promise<Postmaster> {
  const size = await stat(logFile).then(
    (file) => file.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await rename(logFile, `${logFile}.1`);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const flags = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const log = await open(logFile, 'a', 0o600);
    const from = (await log.stat()).size;
    // A session of its own: Ctrl-C in the terminal reaches us alone, and we close in order.
    const child = spawn(postgres, ['-D', data, '-p', String(port), ...flags], {
      ...user,
      detached: true,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', log.fd, log.fd],
    });
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    child.unref();
    await log.close();
    const ready = await untilReady(data, () => !failure && child.exitCode === null && child.signalCode === null);
    if (ready) return ready;
    const said =
      failure?.message ??
      (await readFile(logFile)).subarray(from).toString('utf8').trim().split('\n').slice(-8).join('\n');
    // The port was taken meanwhile, or backends of a killed postmaster have not ended yet: both pass.
    const passes = /Address already in use|pre-existing shared memory|is another postmaster/i.test(said);
    if (!passes || attempt === 10) throw new Error(`Postgres did not start:\n${said}\nIts log is ${logFile}.`);
    await sleep(200);
  }
}

/** Ends a postmaster: connections are cut, what is committed is kept. Harsher after `patienceMs`; resolves once it is gone. */
export async function stopPostmaster(data: string, pid: number, patienceMs = 6000): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!(await isPostmasterOf(data, pid))) return;
    process.kill(pid, signal);
    const deadline = Date.now() + (signal === 'SIGINT' ? patienceMs : 1500);
    while (Date.now() < deadline) {
      if (!(await isPostmasterOf(data, pid))) return;
      await sleep(10);
    }
  }
  throw new Error(`Postgres (process ${pid}) does not end.`);
}
