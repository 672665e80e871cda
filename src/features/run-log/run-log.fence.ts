import { open, type FileHandle } from 'node:fs/promises';
import { StaleFence } from './run-log.errors.js';

/** One fence in the sidecar: sixteen digits and a newline, so that records never tear a number apart. */
const RECORD_BYTES = 17;
const record = (fence: number): string => `${String(fence).padStart(RECORD_BYTES - 1, '0')}\n`;

/**
 * Says who may write a run's log. The sidecar file is only ever appended to, in records that the kernel writes whole, and
 * its highest record is the fence that holds: however openings of several servers interleave, it cannot fall.
 */
export class RunLogFence {
  #seenBytes = 0;

  private constructor(
    private readonly file: FileHandle,
    private readonly fence: number,
  ) {}

  /** Throws StaleFence when a higher fence has opened the log before. */
  static async take(path: string, fence: number): Promise<RunLogFence> {
    if (!Number.isSafeInteger(fence) || fence < 0) throw new RangeError(`A fence is a whole number, not ${fence}.`);
    const file = await open(path, 'a+', 0o600);
    try {
      const held = new RunLogFence(file, fence);
      await held.check();
      await file.appendFile(record(fence));
      await held.check();
      return held;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Throws StaleFence once a higher fence was recorded. Costs one `fstat` as long as nobody else came. */
  async check(): Promise<void> {
    const { size, nlink } = await this.file.stat();
    if (nlink === 0) throw new StaleFence(this.fence);
    if (size === this.#seenBytes) return;
    const text = Buffer.alloc(size);
    const { bytesRead } = await this.file.read(text, 0, size, 0);
    const records = text.toString('latin1', 0, bytesRead).split('\n');
    if (records.some((each) => Number(each) > this.fence)) throw new StaleFence(this.fence);
    this.#seenBytes = size;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
