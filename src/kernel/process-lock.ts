import { randomUUID } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileAtomically } from './atomic-write.js';
import { hasErrno } from './errors.js';
import { processStartTime } from './processes.js';

/** Name of a process: the pid alone comes back after a kill or a restart of the machine. */
export interface LockHolder {
  readonly pid: number;
  readonly startTime: string;
}

export type LockAttempt = { readonly release: () => Promise<void> } | { readonly heldBy: LockHolder };

/** Who holds the lock; `dead` when that process is gone, `absent` when nobody does. */
async function holderOf(file: string): Promise<LockHolder | 'dead' | 'absent'> {
  try {
    const { pid, startTime } = JSON.parse(await readFile(file, 'utf8')) as Partial<LockHolder>;
    if (typeof pid !== 'number' || typeof startTime !== 'string') return 'dead';
    return (await processStartTime(pid)) === startTime ? { pid, startTime } : 'dead';
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return 'absent';
    if (error instanceof SyntaxError) return 'dead';
    throw error;
  }
}

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
 * Removes the lock of a dead process. INVARIANT: only who holds the guard removes a lock that is not its own, after
 * looking again, and only one that is there: where none is, another process may be taking it at this moment.
 */
async function removeStale(file: string, candidate: string): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await claim(candidate, guard))) {
    if ((await holderOf(guard)) === 'dead') await rm(guard, { force: true });
    await sleep(10);
    return;
  }
  try {
    if ((await holderOf(file)) === 'dead') await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/**
 * Takes the lock for this process, also over from one that was killed; or says which living process of this machine
 * holds it. It is not reentrant.
 */
export async function tryProcessLock(file: string): Promise<LockAttempt> {
  const own: LockHolder = { pid: process.pid, startTime: (await processStartTime(process.pid)) ?? '' };
  const candidate = `${file}.${randomUUID()}`;
  await writeFileAtomically(candidate, JSON.stringify(own));
  try {
    while (!(await claim(candidate, file))) {
      const holder = await holderOf(file);
      if (holder === 'dead') await removeStale(file, candidate);
      else if (holder !== 'absent') return { heldBy: holder };
    }
    return { release: () => rm(file, { force: true }) };
  } finally {
    await rm(candidate, { force: true });
  }
}
