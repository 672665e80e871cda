import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Two processes with 250 calls each at once against one key's window; resolves to how many passed in all. */
export async function passedOfContenders(root: string, url: string, key: string, limit: number): Promise<number> {
  const contenders = [1, 2].map(() => {
    const script = path.join(root, 'dist/bench/limiter/contender.js');
    const child = spawn(process.execPath, [script, url, key, '250', String(limit)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, lines, ended: once(child, 'exit') };
  });
  const cutOff = setTimeout(() => contenders.forEach(({ child }) => child.kill('SIGKILL')), 20_000);
  try {
    await Promise.all(contenders.map(({ lines }) => lines.next()));
    for (const { child } of contenders) child.stdin.write('go\n');
    const passed = await Promise.all(contenders.map(async ({ lines }) => Number((await lines.next()).value)));
    await Promise.all(contenders.map(({ ended }) => ended));
    return passed.reduce((sum, each) => sum + each, 0);
  } finally {
    clearTimeout(cutOff);
    for (const { child } of contenders) child.kill('SIGKILL');
  }
}
