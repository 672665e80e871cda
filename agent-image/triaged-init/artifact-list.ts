import { lstat, opendir } from 'node:fs/promises';
import path from 'node:path';

/** Of files, folders and links: an empty folder takes room on the disk too. */
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

interface Entry {
  /** Undefined for what is not sent: folders, links, devices. */
  readonly file: string | undefined;
  readonly tarBytes: number;
}

/** Regular files below the folders whose tar has at most `maxBytes`; folders that come first win. Links are not followed. */
export async function listArtifacts(
  folders: readonly string[],
  maxBytes: number,
  maxEntries = MAX_ENTRIES,
): Promise<ArtifactList> {
  const files: string[] = [];
  let [count, room] = [0, maxBytes - END_BYTES];
  let isOverLimit = false;
  for await (const { file, tarBytes } of entriesBelow(folders)) {
    count += 1;
    if (count > maxEntries) return { files, isOverLimit: true };
    if (tarBytes > room) isOverLimit = true;
    else if (file !== undefined) {
      room -= tarBytes;
      files.push(file);
    }
  }
  return { files, isOverLimit };
}

/** As `listArtifacts` would find it, without looking further than it must. */
export async function areOverLimit(
  folders: readonly string[],
  maxBytes: number,
  maxEntries = MAX_ENTRIES,
): Promise<boolean> {
  let [count, room] = [0, maxBytes - END_BYTES];
  for await (const { tarBytes } of entriesBelow(folders)) {
    count += 1;
    room -= tarBytes;
    if (count > maxEntries || room < 0) return true;
  }
  return false;
}

async function* entriesBelow(folders: readonly string[]): AsyncGenerator<Entry> {
  for (const folder of folders) {
    for await (const { name, isFile } of namesIn(folder)) {
      const size = isFile ? await sizeOf(name) : undefined;
      yield size === undefined
        ? { file: undefined, tarBytes: 0 }
        : { file: name, tarBytes: HEADER_BYTES + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES };
    }
  }
}

/** Undefined for what has gone meanwhile. */
const sizeOf = (file: string): Promise<number | undefined> =>
  lstat(file).then(
    (stats) => stats.size,
    () => undefined,
  );

/** The folder itself, and all that lies in it. */
async function* namesIn(folder: string): AsyncGenerator<{ name: string; isFile: boolean }> {
  const entries = await opendir(folder).catch(() => undefined);
  if (!entries) return;
  yield { name: folder, isFile: false };
  const folders: string[] = [];
  for await (const entry of entries) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) folders.push(name);
    else yield { name, isFile: entry.isFile() };
  }
  for (const each of folders) yield* namesIn(each);
}
