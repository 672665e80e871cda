import type { RunLogExtent } from './run-log.chunks.js';
import type { RunLogFeed } from './run-log.feed.js';
import type { RunLogChunk, RunLogEncoding } from './types.js';

export interface RunLogPosition {
  readonly fromOffset: number;
  /** UTF8 cuts at character boundaries and shows invalid bytes as U+FFFD; BASE64 is exact. Offsets always count bytes. */
  readonly encoding: RunLogEncoding;
}

/** What to do about a log that was removed while it was followed: a file that is gone looks like the end of a short one. */
export interface RunLogRemoval {
  /** So many bytes the log is known to have. */
  readonly knownBytes: number;
  /** Called when it turns out to have fewer; what it rejects with ends the iteration. */
  readonly onShort: () => Promise<void>;
}

export interface RunLogTailOptions extends RunLogPosition {
  readonly removal?: RunLogRemoval | undefined;
  /** Asked when the first chunk is. */
  readonly feed: () => RunLogFeed;
  readonly read: (encoding: RunLogEncoding, offset: number, extent: RunLogExtent) => Promise<RunLogChunk | undefined>;
  readonly signal: AbortSignal | undefined;
}

/** One follower of a log, at its own offset; see `RunLogFeeds.follow`. */
export class RunLogTail implements AsyncIterableIterator<RunLogChunk> {
  #offset: number;
  #closed = false;
  #feed: RunLogFeed | undefined;
  #joined: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #wakers = { wake: (): void => undefined };

  constructor(private readonly options: RunLogTailOptions) {
    this.#offset = options.fromOffset;
    options.signal?.addEventListener('abort', this.#close, { once: true });
    if (options.signal?.aborted) this.#close();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<RunLogChunk>> {
    const turn = this.#turn.then(() => this.#next());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  return(): Promise<IteratorResult<RunLogChunk>> {
    this.#close();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<RunLogChunk>> {
    this.#close();
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }

  async #next(): Promise<IteratorResult<RunLogChunk>> {
    try {
      while (!this.#closed) {
        const feed = await this.#join();
        const { extent } = feed;
        const chunk = this.#offset < extent.size ? await this.#read(extent) : undefined;
        if (this.#hasClosed()) break;
        if (chunk) {
          this.#offset = chunk.nextOffset;
          return { done: false, value: chunk };
        }
        if (extent.ended) await this.#end(extent);
        // What was announced while the chunk was read woke nobody here.
        else if (feed.extent === extent) await feed.wait(this.#wakers);
      }
      return { done: true, value: undefined };
    } catch (error) {
      const wasClosed = this.#hasClosed();
      this.#close();
      if (wasClosed) return { done: true, value: undefined };
      throw error;
    }
  }

  async #end({ size }: RunLogExtent): Promise<void> {
    const { removal } = this.options;
    const isShort = removal && (size < this.#offset || this.#offset < Math.max(size, removal.knownBytes));
    if (isShort) await removal.onShort();
    this.#close();
  }

  #read(extent: RunLogExtent): Promise<RunLogChunk | undefined> {
    return this.options.read(this.options.encoding, this.#offset, extent);
  }

  async #join(): Promise<RunLogFeed> {
    this.#feed ??= this.options.feed();
    this.#joined ??= this.#feed.join();
    await this.#joined;
    return this.#feed;
  }

  /** A call, because what TypeScript knows of a field does not survive an await. */
  #hasClosed(): boolean {
    return this.#closed;
  }

  readonly #close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.options.signal?.removeEventListener('abort', this.#close);
    this.#feed?.leave();
    this.#wakers.wake();
  };
}
