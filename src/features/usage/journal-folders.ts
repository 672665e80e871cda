import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Closable } from '../../kernel/closing.js';
import { hasErrno } from '../../kernel/errors.js';
import { isUuid, shortName } from '../../kernel/ids.js';
import { announcePresence, isPresent, removePresence } from '../../kernel/presence.js';
import { LeftJournal } from './left-journal.js';

export interface JournalFoldersOptions {
  /** Exists; shared by the servers of one machine that take up each other's runs. */
  readonly directory: string;
  /** Exists; shared as well. A socket's path in it has 26 bytes more, and must not be too long. */
  readonly socketDirectory: string;
}

interface FolderName {
  /** The process that wrote it. */
  readonly id: string;
  /** The process that has it now: the same one, or who took it over. */
  readonly holder: string;
}

/** `{id}`, or `{id}.{holder}` once it was taken over; undefined for anything else. */
function parse(name: string): FolderName | undefined {
  const [id = '', holder = id, ...others] = name.split('.');
  return isUuid(id) && isUuid(holder) && others.length === 0 ? { id, holder } : undefined;
}

/**
 * The folders of usage journals that servers share, one for each life of a process: none is written again once its process
 * is gone.
 *
 * INVARIANT: a folder changes hands by a rename, which the kernel grants to one, and only when its holder is gone. So two
 * never apply one journal at once, and who comes back after a kill is another holder.
 */
export class JournalFolders implements Closable {
  private constructor(
    private readonly options: JournalFoldersOptions,
    /** Of this process. */
    readonly id: string,
    private readonly presence: Closable,
  ) {}

  /** Makes a folder for this process. */
  static async open(options: JournalFoldersOptions): Promise<JournalFolders> {
    const id = randomUUID();
    // First: whoever sees the folder must find its process present.
    const presence = await announcePresence(socketOf(options, id));
    const folders = new JournalFolders(options, id, presence);
    await mkdir(folders.directory, { mode: 0o700 });
    return folders;
  }

  /** The journal's of this process. */
  get directory(): string {
    return path.join(this.options.directory, this.id);
  }

  /**
   * Journals of processes that are gone, those first whose taking over was begun before. `failed` is told of each that could
   * not be taken, which stays for the next time and keeps no other waiting.
   */
  async takeOver(failed: (journalId: string, error: unknown) => void): Promise<LeftJournal[]> {
    const names = (await readdir(this.options.directory)).sort((a, b) => b.length - a.length);
    const taken: LeftJournal[] = [];
    for (const name of names) {
      const found = parse(name);
      if (!found || name === this.id) continue;
      const isTaken = await this.#take(name, found).catch((error: unknown) => failed(found.id, error));
      if (!isTaken) continue;
      const directory = path.join(this.options.directory, `${found.id}.${this.id}`);
      taken.push(new LeftJournal({ id: found.id, directory, remove: () => this.#remove(directory) }));
    }
    return taken;
  }

  /** The folder goes unless something lies in it, which is another's then. */
  async close(): Promise<void> {
    await this.#remove(this.directory);
    await this.presence.close();
  }

  /** Whether this process has it now. */
  async #take(name: string, { id, holder }: FolderName): Promise<boolean> {
    if (holder === this.id) return true;
    const socket = socketOf(this.options, holder);
    if (await isPresent(socket)) return false;
    const { directory } = this.options;
    try {
      await rename(path.join(directory, name), path.join(directory, `${id}.${this.id}`));
    } catch (error) {
      if (hasErrno(error, 'ENOENT')) return false;
      throw error;
    }
    await removePresence(socket);
    return true;
  }

  /** What was put aside stays for the operator, beside the folders. */
  async #remove(directory: string): Promise<void> {
    for (const file of await readdir(directory)) {
      if (file.endsWith('.damaged')) await rename(path.join(directory, file), path.join(this.options.directory, file));
    }
    await rmdir(directory).catch((error: unknown) => {
      if (!hasErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    });
  }
}

/** As short as a run's directory with its socket: channels share the folder, and its bound on lengths. */
const socketOf = ({ socketDirectory }: JournalFoldersOptions, id: string): string =>
  path.join(socketDirectory, `${shortName(id)}.u`);
