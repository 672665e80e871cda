export const DAY_MS = 24 * 60 * 60 * 1000;

/** The day in UTC, `YYYY-MM-DD`. */
export const utcDay = (date: Date): string => date.toISOString().slice(0, 10);
