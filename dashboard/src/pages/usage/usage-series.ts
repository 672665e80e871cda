import type { AiAgent } from '../../../../sdk/src/generated/graphql.js';

/** A sum of model calls, as the API gives it for a day and an AI agent or a model. */
export interface UsageSum {
  readonly day?: string | null | undefined;
  readonly aiAgent?: AiAgent | null | undefined;
  readonly model?: string | null | undefined;
  readonly requestCount: number;
  readonly tokenCount: number;
  readonly estimatedCost?: string | null | undefined;
}

export const GROUPINGS = ['AI_AGENT', 'MODEL'] as const;
export type Grouping = (typeof GROUPINGS)[number];
export const MEASURES = ['COST', 'TOKENS', 'REQUESTS'] as const;
export type Measure = (typeof MEASURES)[number];

/** One figure for each of the days. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
  readonly total: number;
}

/** What chart and table show alike. */
export interface UsageByDay {
  /** `2026-11-21`, oldest first, days without use among them. */
  readonly days: readonly string[];
  /** The largest first. */
  readonly series: readonly Series[];
  readonly totals: readonly number[];
  readonly total: number;
}

/** As many colours as the chart has; what is beyond is summed up as one. */
export const MAX_SERIES = 8;
const DAY_MS = 86_400_000;

export const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** The range of so many days that ends with the day of the instant, in UTC. */
export const lastDays = (count: number, now: number): { from: string; to: string } => ({
  from: dayOf(now - (count - 1) * DAY_MS),
  to: dayOf(now),
});

/** Why the API would refuse the range; undefined when it takes it. */
export function rangeFault(from: string, to: string): string | undefined {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (Number.isNaN(days)) return 'Choose a first and a last day.';
  if (days < 0) return 'The last day is before the first.';
  return days > 365 ? 'The last day is at most 365 days after the first.' : undefined;
}

export function daysBetween(from: string, to: string): string[] {
  const count = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => dayOf(Date.parse(from) + index * DAY_MS));
}

export function figureOf(measure: Measure, sum: UsageSum): number {
  if (measure === 'COST') return Number(sum.estimatedCost ?? 0);
  return measure === 'TOKENS' ? sum.tokenCount : sum.requestCount;
}

/** The sums with those of one day, by AI agent, as they are told live. */
export function withDay<T extends UsageSum>(sums: readonly T[], today: readonly T[]): readonly T[] {
  const days = new Set(today.map(({ day }) => day));
  return [...sums.filter(({ day }) => !days.has(day)), ...today];
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** `nameOf` names a sum's series; sums of other days than those from `from` to `to` are left out. */
export function usageByDay(
  sums: readonly UsageSum[],
  options: {
    readonly from: string;
    readonly to: string;
    readonly measure: Measure;
    readonly nameOf: (sum: UsageSum) => string;
  },
): UsageByDay {
  const days = daysBetween(options.from, options.to);
  const places = new Map(days.map((day, index) => [day, index]));
  const figures = new Map<string, number[]>();
  for (const sum of sums) {
    const place = places.get(sum.day ?? '');
    if (place === undefined) continue;
    const name = options.nameOf(sum);
    const values = figures.get(name) ?? days.map(() => 0);
    values[place] = (values[place] ?? 0) + figureOf(options.measure, sum);
    figures.set(name, values);
  }
  const all = [...figures]
    .map(([name, values]) => ({ name, values, total: sumOf(values) }))
    .sort((one, other) => other.total - one.total || (one.name < other.name ? -1 : 1));
  const totals = days.map((_, place) => sumOf(all.map(({ values }) => values[place] ?? 0)));
  return { days, series: summedUp(all), totals, total: sumOf(totals) };
}

function summedUp(all: readonly Series[]): readonly Series[] {
  if (all.length <= MAX_SERIES) return all;
  const others = all.slice(MAX_SERIES - 1);
  const values = others[0]!.values.map((_, place) => sumOf(others.map((series) => series.values[place] ?? 0)));
  return [...all.slice(0, MAX_SERIES - 1), { name: `${others.length} others`, values, total: sumOf(values) }];
}
