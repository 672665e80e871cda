import { badUserInput } from './errors.js';

/** Lengths count Unicode code points, as Postgres' char_length does. */
function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Nothing that can be seen: white space, formatting characters, or nothing at all. */
const isBlank = (text: string): boolean => !/[^\s\p{Cf}]/u.test(text);

function checkLength(path: string, what: string, text: string, maximum: number): void {
  const length = codePoints(text);
  if (length <= maximum) return;
  throw badUserInput(path, `${what} has at most ${maximum} characters; this one has ${length}.`, { maximum, length });
}

/**
 * One line: a name or a role. White space around it is dropped and the rest normalised (NFC), so that what looks equal is
 * equal; then it is compared exactly, case included.
 */
export function lineInput(path: string, what: string, text: string, maximum: number): string {
  const line = text.normalize('NFC').trim();
  if (isBlank(line)) throw badUserInput(path, `${what} must not be empty or blank.`);
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line) || !line.isWellFormed()) {
    throw badUserInput(path, `${what} must not hold control characters or line breaks.`);
  }
  checkLength(path, what, line, maximum);
  return line;
}

/** Text of any number of lines, kept as it was written. May be empty. */
export function proseInput(path: string, what: string, text: string, maximum: number): string {
  // The longest texts are refused before they are searched.
  checkLength(path, what, text, maximum);
  if (/[^\P{Cc}\t\n\r]/u.test(text) || !text.isWellFormed()) {
    throw badUserInput(path, `${what} must not hold control characters other than tab, line feed and carriage return.`);
  }
  return text;
}

/** As `proseInput`, and not blank. */
export function filledProseInput(path: string, what: string, text: string, maximum: number): string {
  const prose = proseInput(path, what, text, maximum);
  if (isBlank(prose)) throw badUserInput(path, `${what} must not be empty or blank.`);
  return prose;
}
