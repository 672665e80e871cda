import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';

const MAX_ENTRIES = 50_000;
const BLOCK_BYTES = 512;
/** A header, and the two blocks that a long name takes. */
const HEADER_BYTES = 3 * BLOCK_BYTES;
const END_BYTES = 20 * BLOCK_BYTES;

export interface ArtifactList {
  readonly files: readonly string[];
  /** How many were left out, because of the cap or because they could not be read. */
  readonly skipped: number;
}

/** Regular files below the folders whose tar has at most `maxBytes`; folders that come first win. Links are not followed. */
export async function listArtifacts(folders: readonly string[], maxBytes: number): Promise<ArtifactList> {
  const files: string[] = [];
  let room = maxBytes - END_BYTES;
  let skipped = 0;
  for (const folder of folders) {
    for await (const file of filesBelow(folder)) {
      const size = await lstat(file).then(
        (stats) => stats.size,
        () => Infinity,
      );
      const needed = HEADER_BYTES + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
      if (needed > room || files.length >= MAX_ENTRIES) {
        skipped += 1;
        continue;
      }
      room -= needed;
      files.push(file);
    }
  }
  return { files, skipped };
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder).catch(() => undefined);
  if (!entries) return;
  const folders: string[] = [];
  for await (const entry of entries) {
    const full = path.join(folder, entry.name);
    if (entry.isFile()) yield full;
    else if (entry.isDirectory()) folders.push(full);
  }
  for (const each of folders) yield* filesBelow(each);
}
