import { readFile } from 'node:fs/promises';

/** Linux counts in ticks of 10 ms, on every architecture that Node runs on. */
const TICK_MS = 10;

/** CPU time that a process has used, user and system, its threads included; NaN where there is no /proc. */
export async function cpuMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in parentheses and may hold anything; utime and stime are the 14th and 15th.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
