/** Finds the text as it is, in capitals or not. */
export const searchPattern = (text: string): RegExp =>
  new RegExp(text.replace(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`), 'giu');

/** A place in the lines of an entry. */
export interface Hit {
  readonly line: number;
  readonly column: number;
}

export function hitsIn(lines: readonly string[], pattern: RegExp): readonly Hit[] {
  return lines.flatMap((text, line) => Array.from(text.matchAll(pattern), ({ index }) => ({ line, column: index })));
}

export function countHits(lines: readonly string[], pattern: RegExp): number {
  let count = 0;
  for (const line of lines) {
    pattern.lastIndex = 0;
    while (pattern.test(line)) count += 1;
  }
  return count;
}
