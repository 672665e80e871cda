const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** How long ago an instant was, or how long something took, short: `45s`, `12m`, `5h`, `12d`. */
export function age(from: string, to: Date = new Date()): string {
  const seconds = Math.max(0, Math.floor((to.getTime() - Date.parse(from)) / 1000));
  if (seconds < 2 * MINUTE_S) return `${seconds}s`;
  if (seconds < 2 * HOUR_S) return `${Math.floor(seconds / MINUTE_S)}m`;
  if (seconds < 2 * DAY_S) return `${Math.floor(seconds / HOUR_S)}h`;
  return `${Math.floor(seconds / DAY_S)}d`;
}

/** Whole numbers with their thousands apart. */
export const count = (value: number): string => value.toLocaleString('en-US');

/** An exact decimal of US dollars, such as `0.0123`; a dash where nothing has a price. */
export const dollars = (value: string | null | undefined): string => (value == null ? '-' : `$${value}`);
