import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { tryProcessLock } from './process-lock.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'triaged-lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

async function takeLock(): Promise<() => Promise<void>> {
  for (;;) {
    const attempt = await tryProcessLock(file);
    if ('release' in attempt) return attempt.release;
    await turn();
  }
}

describe('tryProcessLock', () => {
  it.each([
    ['nobody held before', undefined],
    ['a dead process left', JSON.stringify({ pid: 999_999_999, startTime: '1' })],
    ['something that is no lock stands for', '{'],
  ])(
    'lets one in at a time to a lock that %s, however many want it',
    async (_name, content) => {
      if (content !== undefined) await writeFile(file, content);
      let inside = 0;
      let most = 0;
      const work = async (): Promise<void> => {
        for (let times = 0; times < 20; times += 1) {
          const release = await takeLock();
          inside += 1;
          most = Math.max(most, inside);
          await turn();
          inside -= 1;
          await release();
        }
      };
      await Promise.all(Array.from({ length: 8 }, work));
      expect(most).toBe(1);
      expect(await readdir(folder)).toEqual([]);
    },
    30_000,
  );

  it('says who holds it', async () => {
    const release = await takeLock();
    expect(await tryProcessLock(file)).toMatchObject({ heldBy: { pid: process.pid } });
    await release();
  });
});
