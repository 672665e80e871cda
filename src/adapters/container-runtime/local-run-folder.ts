import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import { writeFileAtomically } from '../../kernel/atomic-write.js';
import { hasErrno } from '../../kernel/errors.js';
import { namesIn } from '../../kernel/files.js';
import { isUuid, type RunId } from '../../kernel/ids.js';

/** What is on disk of one local run, so that a server that starts anew finds it. */
export class LocalRunFolder {
  readonly path: string;
  readonly workspace: string;
  readonly output: string;

  constructor(
    root: string,
    readonly runId: RunId,
  ) {
    this.path = path.join(root, runId);
    this.workspace = path.join(this.path, 'workspace');
    this.output = path.join(this.path, 'output');
  }

  /** The runs that have a folder. */
  static async list(root: string): Promise<RunId[]> {
    return (await namesIn(root)).filter(isUuid) as RunId[];
  }

  async create(channelSocket: string): Promise<void> {
    await mkdir(path.dirname(this.path), { recursive: true, mode: 0o700 });
    await mkdir(this.path, { mode: 0o700 });
    await mkdir(this.workspace);
    await mkdir(this.output);
    await writeFileAtomically(path.join(this.path, 'channel'), channelSocket);
  }

  /** Undefined when the run was not created here, or not to the end. */
  channelSocket(): Promise<string | undefined> {
    return this.#read('channel');
  }

  /** The process that waits for triaged-init and writes down how it ended. */
  keeperPid(): Promise<number | undefined> {
    return this.#readNumber('keeper');
  }

  initPid(): Promise<number | undefined> {
    return this.#readNumber('init');
  }

  /** As a shell gives it: 128 + signal when a signal ended it. */
  exitCode(): Promise<number | undefined> {
    return this.#readNumber('exit');
  }

  async remove(): Promise<void> {
    try {
      await rm(this.path, { recursive: true, force: true });
    } catch (error) {
      // An agent may have taken its own permissions away.
      if (!hasErrno(error, 'EACCES', 'EPERM')) throw error;
      await once(spawn('chmod', ['-R', 'u+rwX', this.path], { stdio: 'ignore' }), 'close');
      await rm(this.path, { recursive: true, force: true });
    }
  }

  async #readNumber(name: string): Promise<number | undefined> {
    const text = await this.#read(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  }

  async #read(name: string): Promise<string | undefined> {
    try {
      return (await readFile(path.join(this.path, name), 'utf8')).trim();
    } catch (error) {
      if (hasErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  }
}
