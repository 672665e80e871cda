import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const hasProc = process.platform === 'linux';

/** The arguments of a living process; undefined when there is none (a zombie counts as none). */
export async function processArguments(pid: number): Promise<readonly string[] | undefined> {
  try {
    if (!hasProc) return (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout.trim().split(' ');
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return text === '' ? undefined : text.split('\0').slice(0, -1);
  } catch {
    return undefined;
  }
}

/** When a living process started, in the system's own form: with the pid it names one process for all time of a boot. */
export async function processStartTime(pid: number): Promise<string | undefined> {
  try {
    if (!hasProc) return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command in parentheses may itself hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
