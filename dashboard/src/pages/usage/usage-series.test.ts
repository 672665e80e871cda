import { describe, expect, it } from '@jest/globals';
import { daysBetween, lastDays, MAX_SERIES, rangeFault, usageByDay, withDay } from './usage-series.js';
import type { UsageSum } from './usage-series.js';

const sum = (day: string, model: string, tokenCount: number, estimatedCost: string | null = null): UsageSum => ({
  ...{ day, aiAgent: 'GOOSE', model, requestCount: 1, tokenCount, estimatedCost },
});
const options = { from: '2026-02-27', to: '2026-03-01', nameOf: ({ model }: UsageSum) => model ?? 'none' };

describe('usageByDay', () => {
  const sums = [
    sum('2026-02-27', 'small', 5, '0.5'),
    sum('2026-03-01', 'large', 70, '0.25'),
    sum('2026-03-01', 'small', 1),
    sum('2026-03-01', 'small', 2, '0.125'),
    sum('2026-03-02', 'small', 1_000, '9'),
  ];

  it('has a figure for every day and series, and nothing of other days', () => {
    expect(usageByDay(sums, { ...options, measure: 'TOKENS' })).toEqual({
      days: ['2026-02-27', '2026-02-28', '2026-03-01'],
      series: [
        { name: 'large', values: [0, 0, 70], total: 70 },
        { name: 'small', values: [5, 0, 3], total: 8 },
      ],
      totals: [5, 0, 73],
      total: 78,
    });
  });

  it('counts cost and requests alike', () => {
    expect(usageByDay(sums, { ...options, measure: 'COST' })).toMatchObject({ totals: [0.5, 0, 0.375], total: 0.875 });
    expect(usageByDay(sums, { ...options, measure: 'REQUESTS' }).totals).toEqual([1, 0, 3]);
  });

  it('sums up what has no colour left', () => {
    const many = Array.from({ length: 12 }, (_, index) => sum('2026-02-28', `m${index}`, 100 - index));
    const { series, total } = usageByDay(many, { ...options, measure: 'TOKENS' });
    expect(series).toHaveLength(MAX_SERIES);
    expect(series.at(-1)).toMatchObject({ name: '5 others', total: 93 + 92 + 91 + 90 + 89 });
    expect(series.reduce((all, each) => all + each.total, 0)).toBe(total);
  });

  it('is empty without use', () => {
    expect(usageByDay([], { ...options, measure: 'COST' })).toMatchObject({ series: [], totals: [0, 0, 0], total: 0 });
  });
});

describe('withDay', () => {
  it("puts the day's sums in the place of what was known of it", () => {
    const before = [sum('2026-02-28', 'a', 1), sum('2026-03-01', 'a', 2)];
    const today = [sum('2026-03-01', 'a', 3), sum('2026-03-01', 'b', 4)];
    expect(withDay(before, today)).toEqual([before[0], ...today]);
    expect(withDay(before, [])).toEqual(before);
  });
});

describe('ranges', () => {
  it('end today, in UTC', () => {
    expect(lastDays(7, Date.parse('2026-03-01T23:59:59Z'))).toEqual({ from: '2026-02-23', to: '2026-03-01' });
    expect(lastDays(1, Date.parse('2026-03-01T00:00:00Z'))).toEqual({ from: '2026-03-01', to: '2026-03-01' });
    expect(daysBetween('2024-02-28', '2024-03-01')).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
  });

  it.each([
    ['', '2026-01-01', /first and a last/],
    ['2026-01-02', '2026-01-01', /before/],
    ['2025-01-01', '2026-01-02', /365/],
  ])('from %j to %j are refused', (from, to, message) => {
    expect(rangeFault(from, to)).toMatch(message);
  });

  it('of a year are taken', () => {
    expect(rangeFault('2025-01-01', '2026-01-01')).toBeUndefined();
  });
});
