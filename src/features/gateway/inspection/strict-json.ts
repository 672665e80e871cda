import { isUtf8 } from 'node:buffer';
import type { Json } from '../json-values.js';

/** Below what providers take, and enough for the stack of whoever walks the value. */
const MAX_DEPTH = 100;
/** Bounds the time that a body takes. A conversation of a thousand turns, with its tools, has some ten thousand. */
const MAX_VALUES = 100_000;

/** Why a body is not one that every reader reads alike; `message` is for people. */
export class NotStrictJson extends Error {}

/**
 * The object that a body holds, when no reader can find another one in it: RFC 8259 to the letter, in UTF-8 without a byte
 * order mark, no name twice in an object (escapes resolved). Throws NotStrictJson. The body itself may then be sent on.
 *
 * JSON.parse reads strings and numbers here, and no objects: of a name that comes twice it keeps the last, and V8 takes
 * some names that are written with escapes for others that it has met before, `"\u00fc"` for `"\\"` (nodejs/node#63785).
 */
export function parseStrictJson(body: Buffer): Json {
  if (!isUtf8(body)) throw new NotStrictJson('it is not valid UTF-8');
  return new StrictReader(body).read();
}

const bytesOf = (text: string): readonly number[] => [...Buffer.from(text)];
const [QUOTE, BACKSLASH, COLON, COMMA, OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = bytesOf('"\\:,{}[]');
const [SPACE, TAB, RETURN, NEWLINE, TILDE] = bytesOf(' \t\r\n~');
const isSpace = (byte: number | undefined): boolean =>
  byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB;
const endsWord = (byte: number | undefined): boolean =>
  byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isSpace(byte);
const LONGEST_WORD = 1024;
const SHORT = 64;

class StrictReader {
  #at = 0;
  #values = 0;

  constructor(private readonly text: Buffer) {}

  read(): Json {
    if (this.#next() !== OPEN_OBJECT) throw new NotStrictJson('it is no JSON object');
    const object = this.#object(1);
    if (this.#next() !== undefined) throw new NotStrictJson('something stands behind its end');
    return object;
  }

  /** The next byte that is no white space; it is not passed. */
  #next(): number | undefined {
    while (isSpace(this.text[this.#at])) this.#at++;
    return this.text[this.#at];
  }

  #value(depth: number): unknown {
    if (++this.#values > MAX_VALUES) throw new NotStrictJson(`it holds more than ${MAX_VALUES} values`);
    if (depth > MAX_DEPTH) throw new NotStrictJson(`it is nested deeper than ${MAX_DEPTH} levels`);
    const first = this.#next();
    if (first === QUOTE) return this.#string();
    if (first === OPEN_OBJECT) return this.#object(depth + 1);
    return first === OPEN_ARRAY ? this.#array(depth + 1) : this.#word();
  }

  #object(depth: number): Json {
    const object = Object.create(null) as Record<string, unknown>;
    this.#at++;
    if (this.#next() === CLOSE_OBJECT) return this.#passed(object);
    for (;;) {
      if (this.#next() !== QUOTE) throw new NotStrictJson('it is not valid JSON');
      const name = this.#string();
      if (name in object) throw new NotStrictJson('an object in it has the same name twice');
      if (this.#next() !== COLON) throw new NotStrictJson('it is not valid JSON');
      this.#at++;
      object[name] = this.#value(depth);
      if (this.#ends(CLOSE_OBJECT!)) return object;
    }
  }

  #array(depth: number): unknown[] {
    const array: unknown[] = [];
    this.#at++;
    if (this.#next() === CLOSE_ARRAY) return this.#passed(array);
    for (;;) {
      array.push(this.#value(depth));
      if (this.#ends(CLOSE_ARRAY!)) return array;
    }
  }

  /** Passes what stands behind a value: the end, or a comma. */
  #ends(end: number): boolean {
    const byte = this.#next();
    if (byte !== end && byte !== COMMA) throw new NotStrictJson('it is not valid JSON');
    this.#at++;
    return byte === end;
  }

  #passed<T>(value: T): T {
    this.#at++;
    return value;
  }

  #string(): string {
    const start = this.#at + 1;
    const plainEnd = endOfPlain(this.text, start);
    if (plainEnd < 0) return this.#escaped();
    this.#at = plainEnd + 1;
    return this.text.toString('latin1', start, plainEnd);
  }

  #escaped(): string {
    return this.#parsed(endOfString(this.text, this.#at) + 1) as string;
  }

  /** A number, true, false or null. */
  #word(): unknown {
    let end = this.#at;
    while (end < this.text.length && !endsWord(this.text[end]) && end - this.#at < LONGEST_WORD) end++;
    const word = this.#parsed(end);
    if (typeof word === 'object' && word !== null) throw new NotStrictJson('it is not valid JSON');
    return word;
  }

  #parsed(end: number): unknown {
    const text = this.text.toString('utf8', this.#at, end);
    this.#at = end;
    try {
      return JSON.parse(text);
    } catch {
      throw new NotStrictJson('it is not valid JSON');
    }
  }
}

/** Where a short string of printable ASCII without escapes, as most are, has its closing quote; -1 for any other. */
function endOfPlain(text: Buffer, start: number): number {
  for (let at = start; at < start + SHORT; at++) {
    const byte = text[at]!;
    if (byte === QUOTE) return at;
    if (!(byte >= SPACE! && byte <= TILDE!) || byte === BACKSLASH) return -1;
  }
  return -1;
}

/** Where the string that begins here has its closing quote. What has none for a while is searched by `indexOf`, which is faster. */
function endOfString(text: Buffer, start: number): number {
  for (let at = start + 1; ;) {
    for (const end = at + SHORT; at < end; at++) {
      if (text[at] === QUOTE) return at;
      if (text[at] === BACKSLASH) at++;
    }
    const quote = text.indexOf(QUOTE!, at);
    if (quote < 0) return text.length;
    let escapes = quote;
    while (escapes > at && text[escapes - 1] === BACKSLASH) escapes--;
    if ((quote - escapes) % 2 === 0) return quote;
    at = quote + 1;
  }
}
