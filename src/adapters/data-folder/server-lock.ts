import { randomUUID } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileAtomically } from '../../kernel/atomic-write.js';
import { hasErrno } from '../../kernel/errors.js';
import { processStartTime } from '../../kernel/processes.js';
import { StartupError } from '../../kernel/startup-error.js';

/** Name of a process: the pid alone comes back after a kill or a restart of the machine. */
interface Holder {
  readonly pid: number;
  readonly startTime: string;
}

async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    const { pid, startTime } = JSON.parse(await readFile(file, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const isAlive = async (holder: Holder | undefined): Promise<boolean> =>
  holder !== undefined && (await processStartTime(holder.pid)) === holder.startTime;

/** Creates `file` as another name of `candidate`, whole from the first moment on; false when it is there already. */
async function claim(candidate: string, file: string): Promise<boolean> {
  try {
    await link(candidate, file);
    return true;
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Removes the lock of a dead server. INVARIANT: only who holds the guard removes a lock that is not its own, after
 * looking again; otherwise of two that found it stale the second would remove the first one's new lock.
 */
async function removeStale(file: string, candidate: string): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await claim(candidate, guard))) {
    if (!(await isAlive(await holderOf(guard)))) await rm(guard, { force: true });
    await sleep(10);
    return;
  }
  try {
    if (!(await isAlive(await holderOf(file)))) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/**
 * Takes the folder for this process: a second server on it throws StartupError, while the lock of one that was killed
 * is taken over. Resolves to the release.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, 'server.lock');
  const own = JSON.stringify({
    pid: process.pid,
    startTime: (await processStartTime(process.pid)) ?? '',
  } satisfies Holder);
  const candidate = `${file}.${randomUUID()}`;
  await writeFileAtomically(candidate, own);
  try {
    while (!(await claim(candidate, file))) {
      const holder = await holderOf(file);
      if (await isAlive(holder)) {
        throw new StartupError(
          `Another triaged server, process ${holder?.pid ?? ''}, uses the data folder ${folder}. ` +
            `Stop it, or give this one a folder of its own with DATA_DIR (and a port with PORT).`,
        );
      }
      await removeStale(file, candidate);
    }
    return () => rm(file, { force: true });
  } finally {
    await rm(candidate, { force: true });
  }
}
