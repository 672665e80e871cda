import { MAX_KEY_BYTES, OPEN_KEY, WHOLE_KEYS } from './key-patterns.js';
import { formsOf } from './secret-forms.js';

const STAR = 0x2a;
/** An output that ends within a secret shows no more of it than this. */
const HARMLESS_BYTES = 6;
/** More is never left undecided: it is masked whole. */
const MAX_UNDECIDED = 64 * 1024;

interface Range {
  start: number;
  end: number;
}

export interface Decision {
  /** The first bytes of what was given, each byte of a secret a `*`; what follows them is to be given again with more behind. */
  readonly bytes: Buffer;
  readonly maskedBytes: number;
}

/**
 * Masks known secrets and whatever looks like a key in a stream. It keeps nothing between two calls: what may be the
 * beginning of a secret stays undecided, so that the caller gives it again, and every split of a stream gives the same bytes.
 */
export class Masker {
  readonly #forms: readonly Buffer[];
  readonly #longest: number;

  constructor(secrets: readonly string[]) {
    this.#forms = secrets.flatMap(formsOf);
    this.#longest = Math.max(MAX_KEY_BYTES, ...this.#forms.map((form) => form.length));
  }

  /** `isLast`: nothing follows, so that all is decided. `bytes` stays as it is. */
  mask(bytes: Buffer, isLast: boolean): Decision {
    const ranges = merged([...this.#known(bytes), ...looksLikeKeys(bytes)]);
    const end = this.#decidedEnd(bytes, ranges);
    const isStuck = end === 0 && bytes.length > MAX_UNDECIDED;
    const open = { start: end, end: bytes.length };
    if (isStuck || (isLast && open.end - open.start > HARMLESS_BYTES)) ranges.push(open);
    const decided = isStuck || isLast ? bytes.length : end;
    return masked(bytes.subarray(0, decided), merged(ranges));
  }

  /**
   * How many of the first bytes go on a known secret of which what stands before them, that many `*`, may be the beginning.
   * Undefined while more bytes have to tell.
   */
  restOf(bytes: Buffer, stars: number): number | undefined {
    let rest = 0;
    for (const form of this.#forms) {
      for (let from = 1; from <= Math.min(stars, form.length - 1); from += 1) {
        const left = form.subarray(from);
        if (left.length <= rest) break;
        const common = Math.min(left.length, bytes.length);
        if (!left.subarray(0, common).equals(bytes.subarray(0, common))) continue;
        if (common < left.length) return undefined;
        rest = left.length;
      }
    }
    return rest;
  }

  #known(bytes: Buffer): Range[] {
    const ranges: Range[] = [];
    for (const form of this.#forms) {
      for (let at = bytes.indexOf(form); at !== -1; at = bytes.indexOf(form, at + 1)) {
        ranges.push({ start: at, end: at + form.length });
      }
    }
    return ranges;
  }

  /** Where the undecided rest begins: never within a range, whose bytes could not be told for a secret's any more. */
  #decidedEnd(bytes: Buffer, ranges: readonly Range[]): number {
    const tailStart = Math.max(0, bytes.length - this.#longest);
    const tail = bytes.subarray(tailStart);
    const openKey = OPEN_KEY.exec(tail.toString('latin1'));
    let end = tailStart + (openKey?.index ?? tail.length);
    for (const form of this.#forms) end = Math.min(end, bytes.length - longestOpening(tail, form));
    for (const { start, end: rangeEnd } of ranges.toReversed()) if (start < end && end < rangeEnd) end = start;
    return end;
  }
}

/** How many of the last bytes are the beginning of the form, but not all of it. */
function longestOpening(tail: Buffer, form: Buffer): number {
  let at = Math.max(0, tail.length - form.length + 1);
  while ((at = tail.indexOf(form[0]!, at)) !== -1) {
    if (tail.subarray(at).equals(form.subarray(0, tail.length - at))) return tail.length - at;
    at += 1;
  }
  return 0;
}

function looksLikeKeys(bytes: Buffer): Range[] {
  const text = bytes.toString('latin1');
  return [...text.matchAll(WHOLE_KEYS)].map(({ index, 0: key }) => ({ start: index, end: index + key.length }));
}

/** Ranges that overlap or touch become one; in order. */
function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else result.push({ ...range });
  }
  return result;
}

function masked(bytes: Buffer, ranges: readonly Range[]): Decision {
  const within = ranges.filter(({ start }) => start < bytes.length);
  if (within.length === 0) return { bytes, maskedBytes: 0 };
  const copy = Buffer.from(bytes);
  let maskedBytes = 0;
  for (const { start, end } of within) {
    copy.fill(STAR, start, end);
    maskedBytes += Math.min(end, bytes.length) - start;
  }
  return { bytes: copy, maskedBytes };
}
