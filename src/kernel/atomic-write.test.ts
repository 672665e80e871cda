import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeFileAtomically } from './atomic-write.js';

describe('writeFileAtomically', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'triaged-write-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('replaces the whole file, for its owner only unless another mode is asked for', async () => {
    const file = path.join(folder, 'a');
    await writeFileAtomically(file, 'a longer first text', 0o666);
    expect((await stat(file)).mode & 0o777).toBe(0o666);
    await writeFileAtomically(file, 'second');
    expect(await readFile(file, 'utf8')).toBe('second');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('leaves what was there, and nothing else, when it fails', async () => {
    await mkdir(path.join(folder, 'taken'));
    await expect(writeFileAtomically(path.join(folder, 'taken'), 'x')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('is never seen half written by a reader', async () => {
    const file = path.join(folder, 'a');
    const texts = ['x'.repeat(1_000_000), 'y'.repeat(1_000_000)];
    await writeFileAtomically(file, texts[0]!);
    const writes = (async () => {
      for (let index = 0; index < 10; index += 1) await writeFileAtomically(file, texts[index % 2]!);
    })();
    for (let index = 0; index < 30; index += 1) expect(texts.includes(await readFile(file, 'utf8'))).toBe(true);
    await writes;
  });
});
