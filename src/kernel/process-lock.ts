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

async function holderOf(file: string): Promise<LockHolder | undefined> {
  try {
    const { pid, startTime } = JSON.parse(await readFile(file, 'utf8')) as Partial<LockHolder>;
    return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function livingHolderOf(file: string): Promise<LockHolder | undefined> {
  const holder = await holderOf(file);
  return holder && (await processStartTime(holder.pid)) === holder.startTime ? holder : undefined;
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
 * looking again; otherwise of two that found it stale the second would remove the first one's new lock.
 */
async function removeStale(file: string, candidate: string): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await claim(candidate, guard))) {
    if (!(await livingHolderOf(guard))) await rm(guard, { force: true });
    await sleep(10);
    return;
  }
  try {
    if (!(await livingHolderOf(file))) await rm(file, { force: true });
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
      const heldBy = await livingHolderOf(file);
      if (heldBy) return { heldBy };
      await removeStale(file, candidate);
    }
    return { release: () => rm(file, { force: true }) };
  } finally {
    await rm(candidate, { force: true });
  }
}
