import { badUserInput } from '../../kernel/errors.js';
import type { RunId } from '../../kernel/ids.js';
import { topics, type EventBus } from '../../ports/event-bus.js';
import type { RunLogChunk, RunLogEncoding, RunLogReader } from './types.js';
import { decodableLength } from './utf8.js';

export const CHUNK_BYTES = 64 * 1024;
/** Ticks are best effort: this often the tail looks by itself. */
const LOOK_MS = 500;

export interface RunLogTailOptions {
  readonly store: RunLogReader;
  readonly bus: EventBus;
  readonly runId: RunId;
  readonly fromOffset: number;
  /** UTF8 cuts at character boundaries and shows invalid bytes as U+FFFD; BASE64 is exact. Offsets always count bytes. */
  readonly encoding: RunLogEncoding;
  /** True once nothing will be appended any more. */
  readonly hasEnded: () => Promise<boolean>;
  /** Ends the iteration like `return()`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Yields the log from an offset, waits for more at its end, and ends after the last byte of a run that has ended. The log
 * need not exist yet. A consumer that stops asking costs no memory; `return()` wakes a parked `next()`.
 */
export function tailRunLog(options: RunLogTailOptions): AsyncIterableIterator<RunLogChunk> {
  if (!Number.isSafeInteger(options.fromOffset) || options.fromOffset < 0) {
    throw badUserInput('fromOffset', 'fromOffset must be a byte offset: a whole number from 0 to 2^53 - 1.');
  }
  return new RunLogTail(options);
}

class RunLogTail implements AsyncIterableIterator<RunLogChunk> {
  #offset: number;
  #closed = false;
  #grown = false;
  #ended = false;
  #lookAtEnd = true;
  #wake: (() => void) | undefined;
  #subscribed: Promise<void> | undefined;
  #unsubscribe: (() => void)[] = [];
  #turn: Promise<unknown> = Promise.resolve();

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
    return Promise.reject(error);
  }

  async #next(): Promise<IteratorResult<RunLogChunk>> {
    try {
      this.#subscribed ??= this.#subscribe();
      await this.#subscribed;
      while (!this.#closed) {
        this.#grown = false;
        const ended = await this.#hasEnded();
        const bytes = await this.options.store.read(this.options.runId, this.#offset, CHUNK_BYTES);
        const chunk = this.#chunk(bytes, ended && bytes.length < CHUNK_BYTES);
        if (this.#hasClosed()) break;
        if (chunk) return { done: false, value: chunk };
        if (ended) this.#close();
        else await this.#moved();
      }
      return { done: true, value: undefined };
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  /** A call, because what TypeScript knows of a field does not survive an await. */
  #hasClosed(): boolean {
    return this.#closed;
  }

  /** Asked before the log is read: what was appended before the end is then in what is read. */
  async #hasEnded(): Promise<boolean> {
    if (!this.#ended && this.#lookAtEnd) {
      this.#lookAtEnd = false;
      this.#ended = await this.options.hasEnded();
    }
    return this.#ended;
  }

  #chunk(bytes: Buffer, isLast: boolean): RunLogChunk | undefined {
    const { encoding } = this.options;
    const length = encoding === 'UTF8' && !isLast ? decodableLength(bytes) : bytes.length;
    if (length === 0) return undefined;
    const offset = this.#offset;
    this.#offset += length;
    const data = bytes.toString(encoding === 'UTF8' ? 'utf8' : 'base64', 0, length);
    return { offset, nextOffset: this.#offset, data, encoding };
  }

  async #subscribe(): Promise<void> {
    const { bus, runId } = this.options;
    const heard = (alsoEnd: boolean) => (): void => {
      this.#grown = true;
      this.#lookAtEnd ||= alsoEnd;
      this.#wake?.();
    };
    this.#unsubscribe.push(await bus.subscribe(topics.runLog(runId), heard(false)));
    this.#unsubscribe.push(await bus.subscribe(topics.run(runId), heard(true)));
    if (this.#closed) this.#release();
  }

  /** Resolves at the next tick, at the next look, or when closed; at once when a tick came since the last read. */
  async #moved(): Promise<void> {
    if (this.#grown || this.#closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#lookAtEnd = true;
      resolve();
    }, LOOK_MS);
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
    clearTimeout(timer);
  }

  readonly #close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.options.signal?.removeEventListener('abort', this.#close);
    this.#release();
    this.#wake?.();
  };

  #release(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
  }
}
