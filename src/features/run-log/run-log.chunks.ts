import type { RunId } from '../../kernel/ids.js';
import type { RunLogChunk, RunLogEncoding, RunLogReader } from './types.js';
import { decodableLength } from './utf8.js';

/** No chunk holds more. */
export const CHUNK_BYTES = 64 * 1024;
/**
 * Chunks end at multiples of this wherever they begin, so that readers who came at different offsets meet. Room is left for
 * the character that such an end may split; a multiple of 3, so that BASE64 pieces need no padding.
 */
const STRIDE = CHUNK_BYTES - 4;
/** Of logs, in what is kept; as text and as answers it takes a few times that. */
const KEPT_BYTES = 8 * 1024 * 1024;
const KEPT_CHUNKS = 4096;

/** What is known of a log: so many bytes are there, and whether more may come. */
export interface RunLogExtent {
  readonly size: number;
  readonly ended: boolean;
}

interface KeptChunk {
  readonly chunk: Promise<RunLogChunk | undefined>;
  /** How far it reaches; its own end may lie up to 3 bytes before. */
  readonly end: number;
  readonly bytes: number;
}

/**
 * Reads and decodes logs once for all who are at the same place: they are given the same object, which is never changed.
 * Bounded, over all runs; who comes too late for what was kept has it read again.
 */
export class RunLogChunks {
  readonly #kept = new Map<string, KeptChunk>();
  #keptBytes = 0;

  constructor(private readonly store: RunLogReader) {}

  /**
   * The chunk at `offset`, which lies before the extent's size. Undefined when nothing can be decoded before more bytes
   * come, or when the log is gone.
   */
  at(runId: RunId, encoding: RunLogEncoding, offset: number, extent: RunLogExtent): Promise<RunLogChunk | undefined> {
    const end = Math.min(extent.size, (Math.floor((offset + 3) / STRIDE) + 1) * STRIDE);
    const isLast = extent.ended && end === extent.size;
    const key = `${runId} ${encoding} ${offset}`;
    const known = this.#kept.get(key);
    // One that is much shorter than what there is by now would lead whoever is behind through many small ones.
    if (known && (known.end - offset) * 2 >= end - offset) return known.chunk;
    const chunk = this.#read(runId, encoding, offset, end, isLast);
    this.#keep(key, { chunk, end, bytes: end - offset });
    const forget = (): void => {
      if (this.#kept.get(key)?.chunk === chunk) this.#forget(key);
    };
    chunk.then((read) => read ?? forget(), forget);
    return chunk;
  }

  async #read(
    runId: RunId,
    encoding: RunLogEncoding,
    offset: number,
    end: number,
    isLast: boolean,
  ): Promise<RunLogChunk | undefined> {
    const bytes = await this.store.read(runId, offset, end - offset);
    const length = encoding === 'UTF8' && !isLast ? decodableLength(bytes) : bytes.length;
    if (length === 0) return undefined;
    const data = bytes.toString(encoding === 'UTF8' ? 'utf8' : 'base64', 0, length);
    return Object.freeze({ offset, nextOffset: offset + length, data, encoding });
  }

  #keep(key: string, kept: KeptChunk): void {
    this.#forget(key);
    this.#kept.set(key, kept);
    this.#keptBytes += kept.bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= KEPT_BYTES && this.#kept.size <= KEPT_CHUNKS) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#keptBytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
