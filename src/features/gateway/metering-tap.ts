import { Transform, type TransformCallback } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress, type Zlib } from 'node:zlib';
import type { UsageReader } from './usage-reader.js';

type Decoder = (Transform & Zlib) | undefined;

function decoderFor(contentEncoding: string): Decoder {
  if (/^(x-)?gzip$/i.test(contentEncoding)) return createGunzip();
  if (/^deflate$/i.test(contentEncoding)) return createInflate();
  if (/^br$/i.test(contentEncoding)) return createBrotliDecompress();
  if (/^zstd$/i.test(contentEncoding)) return createZstdDecompress();
  return undefined;
}

interface MeteringTapOptions {
  readonly reader: UsageReader;
  readonly contentEncoding: string;
  /** Undefined when the answer does not tell its length. */
  readonly contentLength: number | undefined;
  /** Called once, before the bytes that tell the agent that the answer is whole are passed on. */
  readonly onWhole: () => void;
}

/**
 * Passes every byte on as it came and shows a decoded copy to the reader. An answer that cannot be decoded passes all
 * the same; its tokens stay unknown.
 */
export class MeteringTap extends Transform {
  readonly #options: MeteringTapOptions;
  readonly #decoder: Decoder;
  #decodable = true;
  #received = 0;
  #whole = false;

  constructor(options: MeteringTapOptions) {
    super();
    this.#options = options;
    this.#decoder = decoderFor(options.contentEncoding);
    this.#decoder?.on('data', (bytes: Buffer) => options.reader.write(bytes));
    this.#decoder?.on('error', () => (this.#decodable = false));
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#received += bytes.length;
    const pass = (): void => {
      if (this.#options.reader.findings.complete) this.#becomeWhole();
      done(null, bytes);
    };
    const shown = (): void => {
      if (this.#received === this.#options.contentLength) this.#finishReading(pass);
      else pass();
    };
    if (!this.#decoder) {
      this.#options.reader.write(bytes);
      shown();
    } else if (this.#decodable) this.#whenDecoded(shown, (next) => this.#decoder?.write(bytes, next));
    else shown();
  }

  override _flush(done: TransformCallback): void {
    this.#finishReading(() => {
      if (this.#options.reader.findings.complete) this.#becomeWhole();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#decoder?.destroy();
    done(error);
  }

  #finishReading(next: () => void): void {
    const end = (): void => {
      this.#options.reader.end();
      next();
    };
    if (!this.#decoder || !this.#decodable || this.#decoder.writableEnded) end();
    else
      this.#whenDecoded(end, (ended) => {
        this.#decoder?.once('end', ended);
        this.#decoder?.end();
      });
  }

  /** Goes on once, whether the decoder got through or failed. */
  #whenDecoded(next: () => void, feed: (decoded: () => void) => void): void {
    const decoder = this.#decoder;
    let gone = false;
    const once = (): void => {
      if (gone) return;
      gone = true;
      decoder?.off('error', once);
      next();
    };
    decoder?.once('error', once);
    feed(once);
  }

  #becomeWhole(): void {
    if (this.#whole) return;
    this.#whole = true;
    this.#options.onWhole();
  }
}
