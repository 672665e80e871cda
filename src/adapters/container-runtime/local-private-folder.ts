import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { lstat, mkdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { TriagedError } from '../../kernel/errors.js';
import type { RunId } from '../../kernel/ids.js';

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The private folders of local runs: home and configuration, which hold secrets. In memory where the system has a
 * memory file system; else on disk below the data folder, and `inMemory` says so.
 */
export class LocalPrivateFolders {
  readonly inMemory: boolean;
  readonly root: string;

  constructor(dataDirectory: string, memoryDirectory: string) {
    this.inMemory = isWritable(memoryDirectory);
    const name = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
    this.root = this.inMemory
      ? path.join(memoryDirectory, `triaged-${name}-${process.getuid?.() ?? 0}`)
      : path.join(dataDirectory, 'local-private');
  }

  of(runId: RunId): string {
    return path.join(this.root, runId);
  }

  /** Makes the run's folder and those named, each of which must lie in it; readable for the owner alone. */
  async create(runId: RunId, folders: readonly string[]): Promise<void> {
    const own = this.of(runId);
    const outside = folders.find((folder) => !path.resolve(folder).startsWith(own + path.sep));
    if (outside !== undefined) throw new Error(`${outside} is not in the run's private folder`);
    await mkdir(this.root, { recursive: true, mode: 0o700 });
    await this.#requireOwnRoot();
    await mkdir(own, { recursive: true, mode: 0o700 });
    for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o700 });
  }

  async remove(runId: RunId): Promise<void> {
    await rm(this.of(runId), { recursive: true, force: true });
  }

  /** Removes the root when no run is left in it. */
  async removeRootIfEmpty(): Promise<void> {
    await rmdir(this.root).catch(() => undefined);
  }

  /** A memory file system is open to everybody: somebody else may have put a folder of this name there. */
  async #requireOwnRoot(): Promise<void> {
    const root = await lstat(this.root);
    if (root.isDirectory() && root.uid === (process.getuid?.() ?? root.uid) && (root.mode & 0o077) === 0) return;
    throw new TriagedError(
      'RUNTIME_UNAVAILABLE',
      `The folder ${this.root} is not private to the server's user: remove it, or run with RUNTIME=docker.`,
    );
  }
}
