import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasErrno } from '../../src/kernel/errors.js';
import type { GroupResult } from './group.js';
import type { Machine } from './machine.js';

/** Appends to the list of runs in the file of the day, which is made when missing; resolves to its path. */
export async function keepResults(
  folder: string,
  machine: Machine,
  results: ReadonlyMap<string, GroupResult>,
): Promise<string> {
  const at = new Date().toISOString();
  const file = path.join(folder, `${at.slice(0, 10)}.json`);
  await mkdir(folder, { recursive: true });
  const runs = [...(await readRuns(file)), { at, machine, groups: Object.fromEntries(results) }];
  await writeFile(file, `${JSON.stringify(runs, null, 1)}\n`);
  return file;
}

async function readRuns(file: string): Promise<unknown[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown[];
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
