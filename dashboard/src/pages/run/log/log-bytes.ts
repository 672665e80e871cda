import { ByteStore } from './byte-store.js';

/** A piece of a log and where it begins. */
export interface LogPiece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface LogSource {
  /**
   * The log from an offset on, piece after piece without a gap, up to its end; comes back by itself after a lost
   * connection. Who leaves the loop asks for no more.
   */
  follow(fromOffset: number): AsyncIterable<LogPiece>;
}

/** How much is fetched at once: a place that someone looks at, or a part of a whole that is gone through. */
export const FETCH_BYTES = { place: 2 * 1024 * 1024, whole: 16 * 1024 * 1024 } as const;

/** The bytes of a log: what is not at hand any more is fetched again, by offset. */
export class LogBytes {
  #fetching: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: LogSource,
    private readonly store = new ByteStore(),
  ) {}

  get heldBytes(): number {
    return this.store.heldBytes;
  }

  put({ offset, bytes }: LogPiece): void {
    this.store.put(offset, bytes);
  }

  atHand(from: number, to: number): Uint8Array | undefined {
    return this.store.read(from, to);
  }

  /** Rejects when the log is no longer kept. Fetches one range at a time. */
  async read(from: number, to: number, fetchBytes: number): Promise<Uint8Array> {
    for (;;) {
      const bytes = this.store.read(from, to);
      if (bytes) return bytes;
      const fetched = this.#fetching.catch(() => undefined).then(() => this.#fetch(from, to, fetchBytes));
      this.#fetching = fetched;
      await fetched;
    }
  }

  async #fetch(from: number, to: number, fetchBytes: number): Promise<void> {
    const missing = this.store.firstMissing(from, to);
    if (missing === undefined) return;
    // More at once would take the room of what is wanted.
    const end = Math.max(to, missing + Math.min(fetchBytes, this.store.maxBytes / 2));
    for await (const { offset, bytes } of this.source.follow(missing)) {
      this.store.put(offset, bytes.subarray(0, end - offset));
      if (offset + bytes.length >= end) return;
    }
    if (this.store.firstMissing(from, to) === missing) throw new Error('This part of the log is no longer kept.');
  }
}
