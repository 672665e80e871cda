import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface LoggedChild {
  readonly child: ChildProcess;
  readonly logFile: string;
  /** Resolves with the code, or the signal's name; with 'error' when it could not be started. */
  readonly ended: Promise<number | string>;
}

/**
 * Starts a program of this Node or a shell script in a process group of its own, so that Ctrl-C reaches it through us only;
 * what it prints goes to `logFile`, owner-only.
 */
export async function startLogged(
  command: string,
  args: readonly string[],
  logFile: string,
  environment: NodeJS.ProcessEnv,
): Promise<LoggedChild> {
  await mkdir(path.dirname(logFile), { recursive: true, mode: 0o700 });
  await using log = await open(logFile, 'w', 0o600);
  const child = spawn(command, args, { env: environment, detached: true, stdio: ['ignore', log.fd, log.fd] });
  const ended = once(child, 'exit').then(
    ([code, signal]: (number | string | null)[]) => code ?? signal ?? 'unknown',
    () => 'error',
  );
  return { child, logFile, ended };
}

/** TERM to the program, then KILL to all of its group when it does not end in time. */
export async function stopChild({ child, ended }: LoggedChild, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child), graceMs);
  await ended;
  clearTimeout(timer);
}

export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** The last lines of a log, for a message. */
export async function lastLines(file: string, count: number): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
