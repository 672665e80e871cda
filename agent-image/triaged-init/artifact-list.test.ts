import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { areOverLimit, listArtifacts } from './artifact-list.js';

const MIB = 1024 * 1024;

describe('what a run leaves', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'triaged-list-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const inside = (name: string): string => path.join(folder, name);

  it('is its regular files, however deep', async () => {
    await mkdir(inside('a/b'), { recursive: true });
    await writeFile(inside('a/b/file'), 'x');
    await symlink('/etc/passwd', inside('link'));
    expect(await listArtifacts([folder], MIB)).toEqual({ files: [inside('a/b/file')], isOverLimit: false });
    expect(await areOverLimit([folder], MIB)).toBe(false);
  });

  it('is too much by size, also of a file with nothing in it', async () => {
    await writeFile(inside('small'), 'x');
    await writeFile(inside('sparse'), '');
    await truncate(inside('sparse'), 2 * MIB);
    expect(await listArtifacts([folder], MIB)).toEqual({ files: [inside('small')], isOverLimit: true });
    expect(await areOverLimit([folder], MIB)).toBe(true);
  });

  it.each([
    ['files', (name: string) => writeFile(name, '')],
    ['empty folders', (name: string) => mkdir(name)],
    ['links', (name: string) => symlink('nowhere', name)],
  ])('is too much by the number of its %s', async (_, make) => {
    for (let n = 0; n < 9; n += 1) await make(inside(`${n}`));
    expect(await areOverLimit([folder], MIB, 10)).toBe(false);
    expect((await listArtifacts([folder], MIB, 10)).isOverLimit).toBe(false);
    await make(inside('one more'));
    expect(await areOverLimit([folder], MIB, 10)).toBe(true);
    expect((await listArtifacts([folder], MIB, 10)).isOverLimit).toBe(true);
  });

  it('is nothing where there is no folder', async () => {
    expect(await listArtifacts([inside('none')], MIB)).toEqual({ files: [], isOverLimit: false });
  });
});
