import { AnswerObjects } from './answer-objects.js';
import type { Json } from './json-values.js';

/** An object past this length is not told. */
const MAX_OBJECT_BYTES = 32 * 1024 * 1024;
const [QUOTE, BACKSLASH, OPEN, CLOSE] = Buffer.from('"\\{}');

/**
 * Finds the outermost objects in JSON text that may be cut anywhere: the one that is the whole text, or each element of an
 * array as soon as it has ended. Text that is not JSON yields nothing, and so does
 * what `AnswerObjects` does not look at.
 */
export class JsonObjectReader {
  readonly #objects = new AnswerObjects();
  #pieces: Buffer[] = [];
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(private readonly onObject: (object: Json) => void) {}

  write(bytes: Buffer): void {
    let start = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN) {
        if (this.#depth++ === 0) start = at;
      } else if (byte === CLOSE && this.#depth > 0 && --this.#depth === 0) {
        this.#keep(bytes.subarray(start, at + 1));
        this.#endObject();
      }
    }
    if (this.#depth > 0) this.#keep(bytes.subarray(start));
  }

  /** Bytes of the object that has begun. */
  get held(): number {
    return this.#length <= MAX_OBJECT_BYTES ? this.#length : 0;
  }

  drop(): void {
    this.#pieces = [];
    this.#length = 0;
  }

  #keep(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length <= MAX_OBJECT_BYTES) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  #endObject(): void {
    const isTooLong = this.#length > MAX_OBJECT_BYTES;
    const object = isTooLong ? undefined : this.#objects.parse(Buffer.concat(this.#pieces).toString('utf8'));
    this.drop();
    if (object) this.onObject(object);
  }
}
