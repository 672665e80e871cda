const TARGET_BYTES = 64 * 1024;
const MAX_BYTES = 1024 * 1024;

/** A part of a log that is decoded and laid out on its own, so that any place can be shown without what comes before. */
export interface Segment {
  readonly offset: number;
  readonly length: number;
  /** It begins within a line that was too long for one segment. */
  readonly startsInLine: boolean;
}

/**
 * Cuts a log into segments of whole lines: at the first newline from 64 KiB on, or, in a longer line, at 1 MiB. The cuts
 * depend on the bytes alone. Kept as three numbers each: some 400 KiB for a log of 1 GiB.
 */
export class Segmenter {
  readonly #offsets: number[] = [0];
  readonly #inLine: boolean[] = [false];
  #size = 0;

  /** Bytes seen. */
  get size(): number {
    return this.#size;
  }

  /** Segments that have their end; one more is open behind them. */
  get closed(): number {
    return this.#offsets.length - 1;
  }

  /** The segment with the number; that of `closed` is the open one, which may be empty. */
  at(number: number): Segment {
    const offset = this.#offsets[number] ?? this.#size;
    const length = (this.#offsets[number + 1] ?? this.#size) - offset;
    return { offset, length, startsInLine: this.#inLine[number] ?? false };
  }

  /** The number of the segment that holds the byte. */
  numberOf(offset: number): number {
    let low = 0;
    let high = this.#offsets.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#offsets[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  push(bytes: Uint8Array): void {
    const base = this.#size;
    this.#size += bytes.length;
    for (;;) {
      const start = this.#offsets.at(-1)!;
      const newline = bytes.indexOf(0x0a, Math.max(0, start + TARGET_BYTES - 1 - base));
      const end = newline === -1 ? Infinity : base + newline + 1;
      if (end <= start + MAX_BYTES) this.#cut(end, false);
      else if (this.#size >= start + MAX_BYTES) this.#cut(start + MAX_BYTES, true);
      else return;
    }
  }

  #cut(offset: number, isInLine: boolean): void {
    this.#offsets.push(offset);
    this.#inLine.push(isInLine);
  }
}
