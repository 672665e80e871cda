import { randomUUID } from 'node:crypto';
import { copyFile, link, lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import type { Header } from 'tar-stream';
import { hasErrno } from '../../kernel/errors.js';
import { lastChange, namesIn } from '../../kernel/files.js';
import { isUuid } from '../../kernel/ids.js';
import type { RunId } from '../../kernel/ids.js';
import { artifactName } from './artifact-name.js';

export interface Artifact {
  /** `workspace/…` or `output/…` */
  readonly name: string;
  readonly bytes: number;
}

export interface ArtifactStoreOptions {
  /** Made when needed, owner-only. */
  readonly directory: string;
  /** Files, and the folders that they lie in. */
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Tar-stream's own stream, which is no Readable of Node's but can be iterated and destroyed like one. */
type TarEntry = Pick<Readable, typeof Symbol.asyncIterator | 'destroy' | 'resume'> & { readonly header: Header };

/**
 * What runs leave behind: `{directory}/{run}/{workspace,output}/…`, regular files only. The tar comes from a container
 * that may be hostile: links, devices, odd names and what is over a limit are left out and counted.
 */
export class ArtifactStore {
  constructor(private readonly options: ArtifactStoreOptions) {}

  /** Takes the place of what was received before; rejects, leaving nothing, when the tar is malformed or cut short. */
  async receive(runId: RunId, tar: Readable): Promise<{ readonly files: number; readonly skipped: number }> {
    const folder = this.#folder(runId);
    const temporary = path.join(this.#unfinished(runId), randomUUID());
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    try {
      const result = await this.#unpack(tar, temporary);
      await rm(folder, { recursive: true, force: true });
      await rename(temporary, folder);
      return result;
    } finally {
      await rm(temporary, { recursive: true, force: true });
      // Another receipt may still be under way.
      await rmdir(path.dirname(temporary)).catch(() => undefined);
    }
  }

  /**
   * Adds a file of the server's as `output/{name}`: the same file where it can be linked, else a copy. Comes when nothing is
   * received any more, so what a server that was killed received in part goes too.
   */
  async add(runId: RunId, name: string, source: string): Promise<void> {
    const target = path.join(this.#folder(runId), 'output', name);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    await rm(target, { recursive: true, force: true });
    await rm(this.#unfinished(runId), { recursive: true, force: true });
    try {
      await link(source, target);
    } catch (error) {
      if (!hasErrno(error, 'EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK')) throw error;
      await copyFile(source, target);
    }
  }

  /** By name. */
  async list(runId: RunId): Promise<Artifact[]> {
    const folder = this.#folder(runId);
    let entries;
    try {
      entries = await readdir(folder, { recursive: true, withFileTypes: true });
    } catch (error) {
      if (hasErrno(error, 'ENOENT')) return [];
      throw error;
    }
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    const sized = files.map(async (file) => ({ name: path.relative(folder, file), bytes: (await lstat(file)).size }));
    return (await Promise.all(sized)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The file's path; undefined when there is no such artifact. */
  async path(runId: RunId, name: string): Promise<string | undefined> {
    if (artifactName(name) !== name) return undefined;
    const file = path.join(this.#folder(runId), name);
    try {
      return (await lstat(file)).isFile() ? file : undefined;
    } catch (error) {
      if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  /** The beginning of an artifact as text, cut at a character; null when there is no such artifact. */
  async text(runId: RunId, name: string, maxBytes: number): Promise<string | null> {
    const file = await this.path(runId, name);
    if (file === undefined) return null;
    await using handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return new TextDecoder().decode(buffer.subarray(0, bytesRead), { stream: true });
  }

  /** Those that anything is there of. */
  async runs(): Promise<RunId[]> {
    const names = (await namesIn(this.options.directory)).map((name) => name.replace(/\.tmp$/, ''));
    return [...new Set(names)].filter(isUuid) as RunId[];
  }

  /** When what is there of the run was last put there; undefined when nothing is. */
  changedAt(runId: RunId): Promise<Date | undefined> {
    return lastChange([this.#folder(runId), this.#unfinished(runId)]);
  }

  /** Of a run that has ended. */
  async remove(runId: RunId): Promise<void> {
    for (const folder of [this.#folder(runId), this.#unfinished(runId)]) {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #unpack(tar: Readable, folder: string): Promise<{ files: number; skipped: number }> {
    let [files, folders, skipped, bytes] = [0, 0, 0, 0];
    const entries = extract();
    const reading = pipeline(tar, entries);
    let current: TarEntry | undefined;
    // A tar that is cut short leaves its last entry waiting for bytes that do not come.
    reading.catch((error: unknown) => current?.destroy(error instanceof Error ? error : undefined));
    for await (const source of entries) {
      const entry = (current = source as unknown as TarEntry);
      const name = this.#wanted(entry.header);
      const size = entry.header.size;
      if (name !== undefined && files + folders < this.options.maxEntries && bytes + size <= this.options.maxBytes) {
        const file = path.join(folder, name);
        folders += await makeFolders(path.dirname(file));
        if (await this.#write(entry, file)) {
          files += 1;
          bytes += size;
          continue;
        }
      }
      if (entry.header.type !== 'directory') skipped += 1;
      entry.resume();
    }
    await reading;
    return { files, skipped };
  }

  #wanted({ type, name }: Header): string | undefined {
    return type === 'file' || type === 'contiguous-file' ? artifactName(name) : undefined;
  }

  /** False, with the entry unread, when the name is taken, also as a folder of another or beneath a file. */
  async #write(entry: TarEntry, file: string): Promise<boolean> {
    try {
      await lstat(file);
      return false;
    } catch (error) {
      if (hasErrno(error, 'ENOTDIR')) return false;
      if (!hasErrno(error, 'ENOENT')) throw error;
    }
    await using target = await open(file, 'wx', 0o600);
    for await (const chunk of entry) await target.writeFile(chunk as Buffer);
    return true;
  }

  /** Holds a folder for each receipt under way. */
  #unfinished(runId: RunId): string {
    return `${this.#folder(runId)}.tmp`;
  }

  #folder(runId: RunId): string {
    if (!isUuid(runId)) throw new TypeError('Artifacts are filed by the UUID of their run.');
    return path.join(this.options.directory, runId);
  }
}

/** How many were made; none beneath what is a file. */
async function makeFolders(folder: string): Promise<number> {
  try {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    return first === undefined ? 0 : path.relative(path.dirname(first), folder).split(path.sep).length;
  } catch (error) {
    if (hasErrno(error, 'EEXIST', 'ENOTDIR')) return 0;
    throw error;
  }
}
