import { UsageError } from '../failure.js';

const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS };
/** A day, or an instant with its zone. */
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** When a key expires: `12h` or `90d` from now, or a date (midnight UTC) or instant, which must lie ahead. */
export function readExpiry(text: string, now: Date): Date {
  const [, count, unit = ''] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const span = UNITS[unit];
  const at = span === undefined ? (DATE.test(text) ? Date.parse(text) : NaN) : now.getTime() + Number(count) * span;
  // Date.parse takes 31 February for 3 March.
  const isRolledOver = (day: string): boolean => new Date(`${day}T00:00Z`).toISOString().slice(0, 10) !== day;
  if (Number.isNaN(at) || (span === undefined && isRolledOver(text.slice(0, 10)))) {
    throw new UsageError(`--expires ${text} is no time: give 12h, 90d, 2027-01-31 or 2027-01-31T12:00:00Z.`);
  }
  if (at <= now.getTime()) throw new UsageError(`--expires ${text} is not in the future.`);
  return new Date(at);
}
