/** Bytes in a block. */
export const BLOCK_BYTES = 1024 * 1024;

/** The bytes of a log that are at hand: at most `maxBlocks` blocks of 1 MiB, those used last. */
export class ByteStore {
  readonly #blocks = new Map<number, { readonly bytes: Uint8Array; filled: number }>();

  constructor(private readonly maxBlocks = 64) {}

  /** Bytes held, for a bound on memory. */
  get heldBytes(): number {
    return this.#blocks.size * BLOCK_BYTES;
  }

  get maxBytes(): number {
    return this.maxBlocks * BLOCK_BYTES;
  }

  /** Takes bytes that follow what their block already holds; others are left out, since a gap cannot be kept. */
  put(offset: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const number = Math.floor((offset + at) / BLOCK_BYTES);
      const inBlock = (offset + at) % BLOCK_BYTES;
      const length = Math.min(bytes.length - at, BLOCK_BYTES - inBlock);
      const block = this.#blocks.get(number) ?? { bytes: new Uint8Array(BLOCK_BYTES), filled: 0 };
      if (inBlock <= block.filled) {
        block.bytes.set(bytes.subarray(at, at + length), inBlock);
        block.filled = Math.max(block.filled, inBlock + length);
        this.#use(number, block);
      }
      at += length;
    }
  }

  /** A copy of the bytes from `from` to `to`, or undefined when one of them is not at hand. */
  read(from: number, to: number): Uint8Array | undefined {
    if (this.firstMissing(from, to) !== undefined) return undefined;
    const result = new Uint8Array(to - from);
    for (let at = from; at < to;) {
      const number = Math.floor(at / BLOCK_BYTES);
      const block = this.#blocks.get(number)!;
      const end = Math.min(to, (number + 1) * BLOCK_BYTES);
      result.set(block.bytes.subarray(at - number * BLOCK_BYTES, end - number * BLOCK_BYTES), at - from);
      this.#use(number, block);
      at = end;
    }
    return result;
  }

  /** Where to fetch from, to have all of the range: the beginning of the first block that lacks some of it. */
  firstMissing(from: number, to: number): number | undefined {
    for (let number = Math.floor(from / BLOCK_BYTES); number * BLOCK_BYTES < to; number += 1) {
      const needed = Math.min(to - number * BLOCK_BYTES, BLOCK_BYTES);
      if ((this.#blocks.get(number)?.filled ?? 0) < needed) return number * BLOCK_BYTES;
    }
    return undefined;
  }

  #use(number: number, block: { readonly bytes: Uint8Array; filled: number }): void {
    this.#blocks.delete(number);
    this.#blocks.set(number, block);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= this.maxBlocks) break;
      this.#blocks.delete(oldest);
    }
  }
}
