import { InvalidArgumentError } from 'commander';

const MAX_LIMIT = 10_000;

/** Parsers of option values: commander adds what was given to the message. */
export function readCount(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MAX_LIMIT) return value;
  throw new InvalidArgumentError(`It takes a whole number from 1 to ${MAX_LIMIT}.`);
}

/** A whole number, or `none` for no limit. */
export function readLimit(text: string): number | null {
  if (text === 'none') return null;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('It takes a whole number from 1, or none.');
}

/** US dollars, or `none` for no limit. */
export function readDollars(text: string): number | null {
  if (text === 'none') return null;
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('It takes an amount of US dollars such as 2.50, or none.');
}

export function readSeconds(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 86_400) return value;
  throw new InvalidArgumentError('It takes seconds, 1 to 86400.');
}

/** A day in UTC. */
export function readDay(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('It takes a day such as 2027-01-31.');
}

/** Items between commas. */
export const readList = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
