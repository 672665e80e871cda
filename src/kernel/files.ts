import { lstat, readdir } from 'node:fs/promises';
import { hasErrno } from './errors.js';

/** Of a folder that need not be there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** When any of these was last changed; undefined when none is there. */
export async function lastChange(paths: readonly string[]): Promise<Date | undefined> {
  const times = await Promise.all(paths.map(changedAt));
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : new Date(Math.max(...known));
}

async function changedAt(path: string): Promise<number | undefined> {
  try {
    return (await lstat(path)).mtimeMs;
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
