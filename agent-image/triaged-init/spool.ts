const SLAB_BYTES = 16 * 1024;

/** Bytes that the server has not acknowledged, as a window [start, end) of the output. */
export class Spool {
  #chunks: Buffer[] = [];
  /** The last chunk, while it has room: small writes are gathered, since a Buffer for each would cost far more than it holds. */
  #slab: Buffer | undefined;
  #start = 0;
  #end = 0;

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  push(chunk: Buffer): void {
    this.#end += chunk.length;
    const used = this.#slab ? this.#chunks.at(-1)!.length : 0;
    if (chunk.length >= SLAB_BYTES / 4) {
      this.#slab = undefined;
      this.#chunks.push(chunk);
      return;
    }
    if (this.#slab && used + chunk.length <= SLAB_BYTES) this.#chunks.pop();
    else this.#slab = undefined;
    const from = this.#slab ? used : 0;
    this.#slab ??= Buffer.allocUnsafe(SLAB_BYTES);
    chunk.copy(this.#slab, from);
    this.#chunks.push(this.#slab.subarray(0, from + chunk.length));
  }

  /** At most `maxBytes` from the start. */
  piece(maxBytes: number): Buffer {
    const taken: Buffer[] = [];
    let length = 0;
    for (const chunk of this.#chunks) {
      if (length >= maxBytes) break;
      taken.push(chunk.subarray(0, maxBytes - length));
      length += taken.at(-1)!.length;
    }
    return taken.length === 1 ? taken[0]! : Buffer.concat(taken, length);
  }

  /** Forgets what lies before `offset`, which must be within the window. */
  dropTo(offset: number): void {
    if (offset > this.#start) this.#slab = undefined;
    let whole = 0;
    while (whole < this.#chunks.length && this.#start + this.#chunks[whole]!.length <= offset) {
      this.#start += this.#chunks[whole]!.length;
      whole += 1;
    }
    this.#chunks.splice(0, whole);
    if (offset > this.#start) {
      this.#chunks[0] = this.#chunks[0]!.subarray(offset - this.#start);
      this.#start = offset;
    }
  }
}
