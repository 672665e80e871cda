import { readdir, readFile } from 'node:fs/promises';
import type { RunId } from '../../kernel/ids.js';

/** Stands in the environment of everything that a local run starts; a reused pid does not have it. */
export const RUN_MARKER = 'RUN_ID';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly marked: boolean;
}

/** True when the process lives and was started by this run. A zombie has no environment and counts as gone. */
export async function belongsToRun(pid: number, runId: RunId): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(`${RUN_MARKER}=${runId}`);
}

async function look(pid: number, runId: RunId): Promise<Process | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The command in parentheses may itself hold blanks and parentheses.
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' ? undefined : { pid, parent: Number(parent), marked: await belongsToRun(pid, runId) };
}

/** The living processes of a run: those that bear its marker, and their descendants, whatever environment those have. */
export async function processesOfRun(runId: RunId): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = (await Promise.all(pids.map((pid) => look(pid, runId)))).filter((found) => found !== undefined);
  const found = new Set(all.filter(({ marked }) => marked).map(({ pid }) => pid));
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Sends the signal; a process that is gone is not an error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone, or no longer ours: then there is nothing to end.
  }
}
