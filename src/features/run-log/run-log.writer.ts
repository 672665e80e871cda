import type { FileHandle } from 'node:fs/promises';
import { hasErrno } from '../../kernel/errors.js';
import { LogFull, OffsetConflict } from './run-log.errors.js';
import type { RunLogFence } from './run-log.fence.js';
import type { RunLogWriter } from './types.js';

export interface FencedRunLogWriterOptions {
  readonly file: FileHandle;
  readonly size: number;
  readonly fence: RunLogFence;
  readonly maxBytes: number;
  /** True when long logs must not grow on, for want of room. */
  readonly isDiskShort: () => Promise<boolean>;
  /** Told after every append how many bytes are new; must neither throw nor wait. */
  readonly announce: (bytes: number) => void;
}

/** A shorter log may use the disk's last room. */
const LONG_BYTES = 8 * 1024 ** 2;
/** A long one asks for room each time that it has grown by so much. */
const LOOK_BYTES = 1024 ** 2;

/**
 * Appends one at a time, at explicit positions. Between the fence's check and the write a later owner may come. Such bytes
 * are not acknowledged, so that owner is sent them again and puts the same ones in the same place; bytes that are
 * acknowledged were written before it looked at the log's size.
 */
export class FencedRunLogWriter implements RunLogWriter {
  #size: number;
  #nextLook: number;
  #last: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(private readonly options: FencedRunLogWriterOptions) {
    this.#size = options.size;
    this.#nextLook = Math.max(LONG_BYTES, options.size);
  }

  get size(): number {
    return this.#size;
  }

  append(offset: number, bytes: Buffer): Promise<number> {
    if (this.#closed) return Promise.reject(new Error('The run log writer is closed.'));
    const turn = this.#last.then(() => this.#append(offset, bytes));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Acknowledged bytes are in the page cache, which a killed server does not lose; here they go to the disk. */
  close(): Promise<void> {
    this.#closed ??= this.#last.then(async () => {
      try {
        await this.options.file.datasync();
      } finally {
        await Promise.all([this.options.file.close(), this.options.fence.close()]);
      }
    });
    return this.#closed;
  }

  async #append(offset: number, bytes: Buffer): Promise<number> {
    // First: a stale owner's size is no longer the true one.
    await this.options.fence.check();
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > this.#size) throw new OffsetConflict(this.#size);
    const fresh = bytes.subarray(this.#size - offset);
    if (fresh.length === 0) return this.#size;
    if (await this.#hasNoRoom()) throw new LogFull(this.#size);
    const fitting = fresh.subarray(0, Math.max(0, this.options.maxBytes - this.#size));
    if (fitting.length > 0) await this.#write(fitting);
    await this.options.fence.check();
    if (fitting.length < fresh.length) throw new LogFull(this.#size);
    return this.#size;
  }

  async #hasNoRoom(): Promise<boolean> {
    if (this.#size < this.#nextLook) return false;
    if (await this.options.isDiskShort()) return true;
    this.#nextLook = this.#size + LOOK_BYTES;
    return false;
  }

  async #write(bytes: Buffer): Promise<void> {
    const start = this.#size;
    try {
      while (this.#size < start + bytes.length) {
        const { bytesWritten } = await this.options.file.write(bytes, this.#size - start, undefined, this.#size);
        this.#size += bytesWritten;
      }
    } catch (error) {
      throw hasErrno(error, 'ENOSPC', 'EDQUOT', 'EFBIG') ? new LogFull(this.#size, { cause: error }) : error;
    } finally {
      if (this.#size > start) this.options.announce(this.#size - start);
    }
  }
}
