import type { Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  type Zlib,
} from 'node:zlib';
import type { MemoryShare } from './call-memory.js';
import type { UsageReader } from './usage-reader.js';

type Decoder = Transform & Zlib;

const KIB = 1024;
const MIB = 1024 * KIB;
/** An answer that unpacks to more is read no further; providers' answers are a few MB at most. */
const MAX_UNPACKED_BYTES = 64 * MIB;
/** 8 MiB: what RFC 9659 lets zstd as a content encoding ask for. */
const ZSTD_OPTIONS = { params: { [constants.ZSTD_d_windowLogMax]: 23 } };

interface Encoding {
  readonly names: RegExp;
  readonly decoder: () => Decoder;
  /** The most that its window takes, and some more: a few bytes of an answer can have it filled. */
  readonly windowBytes: number;
}

const ENCODINGS: readonly Encoding[] = [
  { names: /^(x-)?gzip$/i, decoder: createGunzip, windowBytes: 64 * KIB },
  { names: /^deflate$/i, decoder: createInflate, windowBytes: 64 * KIB },
  { names: /^br$/i, decoder: createBrotliDecompress, windowBytes: 17 * MIB },
  { names: /^zstd$/i, decoder: () => createZstdDecompress(ZSTD_OPTIONS), windowBytes: 9 * MIB },
];

/** What a reader may keep beside its run's share, so that long answers leave no short one uncounted. */
const FREE_BYTES = 64 * KIB;

interface MeteringTapOptions {
  readonly reader: UsageReader;
  /** For what the reader keeps, and the decoder. The caller gives it back. */
  readonly room: MemoryShare;
  readonly contentEncoding: string;
  /** Undefined when the answer does not tell its length. */
  readonly contentLength: number | undefined;
  /** Called once, before the bytes that tell the agent that the answer is whole are passed on. */
  readonly onWhole: () => void;
}

/**
 * Shows an answer to the reader, decoded. Each piece is to be shown before it is passed on, and `end` to be called before
 * the answer is ended. An answer that cannot be decoded or read, or that its run has no room for, is passed on
 * all the same; its tokens stay unknown.
 */
export class MeteringTap {
  readonly #options: MeteringTapOptions;
  readonly #decoder: Decoder | undefined;
  #decodable: boolean;
  #readable = true;
  #held = 0;
  #received = 0;
  #decodedBytes = 0;
  #hasEnded = false;
  #whole = false;

  constructor(options: MeteringTapOptions) {
    this.#options = options;
    const encoding = ENCODINGS.find(({ names }) => names.test(options.contentEncoding));
    this.#decodable = encoding === undefined || options.room.take(encoding.windowBytes);
    this.#decoder = encoding?.decoder();
    this.#decoder?.on('data', (bytes: Buffer) => this.#readUnpacked(bytes));
    this.#decoder?.on('error', () => (this.#decodable = false));
  }

  /** Undefined when the piece may be passed on at once, else it may be when the promise has resolved; it never rejects. */
  show(bytes: Buffer): Promise<void> | undefined {
    this.#received += bytes.length;
    const isLast = this.#received === this.#options.contentLength;
    if (this.#decoder && this.#decodable) return this.#showDecoded(this.#decoder, bytes, isLast);
    if (!this.#decoder) this.#read(bytes);
    if (isLast) this.#finishReading();
    this.#noteWhole();
    return undefined;
  }

  /** The answer has no more bytes. */
  async end(): Promise<void> {
    if (this.#decoder && this.#decodable) await this.#finishDecoding(this.#decoder);
    this.#finishReading();
    this.#noteWhole();
  }

  close(): void {
    this.#decoder?.destroy();
  }

  /** How much of the answer the reader was shown. */
  get decodedBytes(): number {
    return this.#decodedBytes;
  }

  #readUnpacked(bytes: Buffer): void {
    if (this.#decodedBytes + bytes.length <= MAX_UNPACKED_BYTES) {
      this.#read(bytes);
      return;
    }
    this.#decodable = false;
    this.#decoder?.destroy();
  }

  #read(bytes: Buffer): void {
    this.#decodedBytes += bytes.length;
    const { reader } = this.#options;
    this.#guarded(() => reader.write(bytes));
    if (this.#readable && this.#hasRoom()) return;
    this.#readable = false;
    reader.drop();
    this.#options.room.giveBack(this.#held);
    this.#held = 0;
  }

  /** Takes or gives back what the reader keeps more or less than before. */
  #hasRoom(): boolean {
    const { reader, room } = this.#options;
    const more = Math.max(0, reader.held - FREE_BYTES) - this.#held;
    if (more > 0 && !room.take(more)) return false;
    if (more < 0) room.giveBack(-more);
    this.#held += more;
    return true;
  }

  /** What a provider sends may not end the exchange, or the server: a reader that fails is shown no more. */
  #guarded(show: () => void): void {
    if (!this.#readable) return;
    try {
      show();
    } catch {
      this.#readable = false;
    }
  }

  async #showDecoded(decoder: Decoder, bytes: Buffer, isLast: boolean): Promise<void> {
    await untilDone(decoder, (done) => decoder.write(bytes, done));
    if (isLast) {
      await this.#finishDecoding(decoder);
      this.#finishReading();
    }
    this.#noteWhole();
  }

  async #finishDecoding(decoder: Decoder): Promise<void> {
    if (decoder.writableEnded) return;
    await untilDone(decoder, (done) => decoder.once('end', done).end());
  }

  #finishReading(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#guarded(() => this.#options.reader.end());
  }

  #noteWhole(): void {
    if (this.#whole || !this.#options.reader.findings.complete) return;
    this.#whole = true;
    this.#options.onWhole();
  }
}

/**
 * Resolves when the decoder has got through with what it is fed, has failed, or was at its end before: bytes behind the
 * packed answer's end lead to no 'end' of their own.
 */
function untilDone(decoder: Decoder, feed: (done: () => void) => void): Promise<void> {
  if (decoder.readableEnded || decoder.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['error', 'close']) decoder.off(event, done);
      resolve();
    };
    for (const event of ['error', 'close']) decoder.once(event, done);
    feed(done);
  });
}
