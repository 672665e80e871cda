import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LINE_BYTES, makeLines } from './live-agent.js';
import type { LiveProduct } from './live-run.js';

const LOOK_MS = 20;
/** While the stalled ones go on to stall; a server cuts those who give no sign of life much later. */
const STALLED_MS = 1_500;

async function residentMiB(pid: number): Promise<number> {
  const kB = /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1];
  return Number(kB ?? Number.NaN) / 1024;
}

/** The most memory that the server has while so many lines go to so many subscribers, some of whom read nothing; in MiB. */
export async function memoryOfProduct(
  product: LiveProduct,
  { count, stalled, lines }: { readonly count: number; readonly stalled: number; readonly lines: number },
): Promise<number> {
  const file = path.join(product.folder, 'lines');
  await writeFile(file, makeLines(lines));
  return product.follow({ file }, { count }, async (subscribers, go) => {
    const looks: number[] = [];
    const over = new AbortController();
    const watching = (async () => {
      for (; !over.signal.aborted; await delay(LOOK_MS)) looks.push(await residentMiB(product.server.pid));
    })();
    subscribers.stall(stalled);
    await go();
    await subscribers.reach(lines * LINE_BYTES, stalled);
    await delay(STALLED_MS);
    over.abort();
    await watching;
    // They come to the end like the others, from where they were.
    subscribers.resume();
    return Math.max(...looks);
  });
}
