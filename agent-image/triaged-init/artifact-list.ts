import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';

const MAX_ENTRIES = 50_000;
const BLOCK_BYTES = 512;
/** A header, and the two blocks that a long name takes. */
const HEADER_BYTES = 3 * BLOCK_BYTES;
const END_BYTES = 20 * BLOCK_BYTES;

export interface ArtifactList {
  readonly files: readonly string[];
  /** Files were left out because they are too many or too large; what could not be read is left out without a word. */
  readonly isOverLimit: boolean;
}

/** Regular files below the folders whose tar has at most `maxBytes`; folders that come first win. Links are not followed. */
export async function listArtifacts(folders: readonly string[], maxBytes: number): Promise<ArtifactList> {
  const files: string[] = [];
  let room = maxBytes - END_BYTES;
  let isOverLimit = false;
  for await (const { file, tarBytes } of filesBelow(folders)) {
    if (files.length >= MAX_ENTRIES) return { files, isOverLimit: true };
    if (tarBytes > room) {
      isOverLimit = true;
      continue;
    }
    room -= tarBytes;
    files.push(file);
  }
  return { files, isOverLimit };
}

/** As `listArtifacts` would find it, without looking further than it must. */
export async function areOverLimit(folders: readonly string[], maxBytes: number): Promise<boolean> {
  let [count, room] = [0, maxBytes - END_BYTES];
  for await (const { tarBytes } of filesBelow(folders)) {
    count += 1;
    room -= tarBytes;
    if (count > MAX_ENTRIES || room < 0) return true;
  }
  return false;
}

async function* filesBelow(folders: readonly string[]): AsyncGenerator<{ file: string; tarBytes: number }> {
  for (const folder of folders) {
    for await (const file of namesBelow(folder)) {
      const size = await lstat(file).then(
        (stats) => stats.size,
        () => undefined,
      );
      if (size !== undefined) yield { file, tarBytes: HEADER_BYTES + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES };
    }
  }
}

async function* namesBelow(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder).catch(() => undefined);
  if (!entries) return;
  const folders: string[] = [];
  for await (const entry of entries) {
    const full = path.join(folder, entry.name);
    if (entry.isFile()) yield full;
    else if (entry.isDirectory()) folders.push(full);
  }
  for (const each of folders) yield* namesBelow(each);
}
