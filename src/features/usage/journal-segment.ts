import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  read,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const FILE_NAME = /^(\d{6,})-([0-9a-f-]{36})\.(jsonl|damaged)$/;
const readAt = promisify(read);

export interface SegmentName {
  /** In the order of their making. */
  readonly number: number;
  readonly id: string;
  readonly isDamaged: boolean;
}

/** Undefined for a file that is no segment. */
export function segmentNameOf(file: string): SegmentName | undefined {
  const [, number, id, extension] = FILE_NAME.exec(file) ?? [];
  return number !== undefined && id !== undefined
    ? { number: Number(number), id, isDamaged: extension === 'damaged' }
    : undefined;
}

export const segmentNamesIn = (directory: string): (SegmentName & { readonly file: string })[] =>
  readdirSync(directory).flatMap((file) => {
    const name = segmentNameOf(file);
    return name ? [{ ...name, file }] : [];
  });

/**
 * One file of the journal: whole lines, each written by one call of the system, so that they outlive this process. The
 * machine's own loss may cost the last ones.
 */
export class JournalSegment {
  /** How much of it the database has. */
  applied = 0;
  /** Nothing more is written to it. */
  sealed: boolean;
  /** It has lines that cannot be read. */
  isDamaged = false;
  #size: number;
  #closed = false;

  private constructor(
    /** The journal that it is a part of. */
    readonly journalId: string,
    readonly id: string,
    readonly file: string,
    private readonly fd: number,
    leftover: boolean,
  ) {
    this.#size = fstatSync(fd).size;
    this.sealed = leftover;
  }

  /** An empty one, for its owner only. Throws when it cannot be made. */
  static create(journalId: string, directory: string, number: number): JournalSegment {
    const id = randomUUID();
    const file = path.join(directory, `${String(number).padStart(6, '0')}-${id}.jsonl`);
    return new JournalSegment(journalId, id, file, openSync(file, 'ax+', 0o600), false);
  }

  /** One that an earlier process left. */
  static open(journalId: string, directory: string, name: string): JournalSegment {
    const { id } = segmentNameOf(name)!;
    const file = path.join(directory, name);
    return new JournalSegment(journalId, id, file, openSync(file, 'r'), true);
  }

  /** Bytes; of one that this process writes, whole lines. */
  get size(): number {
    return this.#size;
  }

  /** Writes all of it, or throws and leaves nothing of it. */
  append(lines: string): void {
    const bytes = Buffer.from(lines);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.fd, bytes, written);
    } catch (error) {
      if (written > 0) this.#takeBack(error);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Up to so many bytes from there on. It works on when the file was unlinked. */
  async read(offset: number, bytes: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(bytes, this.#size - offset)));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await readAt(this.fd, buffer, filled, buffer.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.fd);
  }

  /** Deletes it; a damaged one is put aside under a name that is not read again. */
  remove(): void {
    this.close();
    if (this.isDamaged) renameSync(this.file, this.file.replace(/jsonl$/, 'damaged'));
    else rmSync(this.file, { force: true });
  }

  /** A part of a line would spoil the next one. When it stays, nothing more may be written here. */
  #takeBack(reason: unknown): void {
    try {
      ftruncateSync(this.fd, this.#size);
    } catch (error) {
      this.sealed = true;
      throw new AggregateError([reason, error], `${this.file} ends amid a line`, { cause: error });
    }
  }
}
