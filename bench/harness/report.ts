import type { Goal, GroupResult, Row, Unit } from './group.js';
import type { Machine } from './machine.js';
import { median, quantile } from './statistics.js';

/** Whole numbers from a hundred on, below that three digits. */
const figure = (value: number): string =>
  Number.isNaN(value) ? '–' : value >= 100 || value === 0 ? value.toFixed(0) : value.toPrecision(3);

export const isMet = ({ samples, goal }: Row): boolean | undefined => {
  if (goal === undefined) return undefined;
  return 'atMost' in goal ? median(samples) <= goal.atMost : median(samples) >= goal.atLeast;
};

const goalText = (goal: Goal, unit: Unit): string =>
  `${'atMost' in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`} ${unit}`;

const verdict = (row: Row): string =>
  row.goal === undefined ? '' : `${isMet(row) ? 'met' : 'MISSED'} (${goalText(row.goal, row.unit)})`;

const detailText = (details: Row['details'] = {}): string =>
  Object.entries(details)
    .map(([name, samples]) => `${name} ${figure(median(samples))}`)
    .join(', ');

/** All rows as one table: median, least and greatest of the rounds, 95th percentile, rounds, goal, medians of the details. */
export function table(results: ReadonlyMap<string, GroupResult>): string {
  const header = ['group', 'row', 'median', 'min – max', 'p95', 'unit', 'rounds', 'goal', 'in the same rounds'];
  const lines = [...results].flatMap(([group, { rows, skips }]) => [
    ...rows.map((row) => [
      group,
      row.name,
      figure(median(row.samples)),
      `${figure(Math.min(...row.samples))} – ${figure(Math.max(...row.samples))}`,
      figure(quantile(row.samples, 0.95)),
      row.unit,
      String(row.samples.length),
      verdict(row),
      detailText(row.details),
    ]),
    ...skips.map(({ name, reason }) => [group, name, 'SKIPPED', reason]),
  ]);
  const widths = header.map((title, column) =>
    Math.max(
      title.length,
      ...lines.filter((line) => line.length === header.length).map((line) => line[column]!.length),
    ),
  );
  const draw = (line: readonly string[]) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join(' | ')
      .trimEnd();
  return [draw(header), widths.map((width) => '-'.repeat(width)).join('-|-'), ...lines.map(draw)].join('\n');
}

/** How many goals were met and which were missed. */
export function summary(results: ReadonlyMap<string, GroupResult>): string {
  const rows = [...results.values()].flatMap((result) => result.rows).filter((row) => row.goal !== undefined);
  const missed = rows.filter((row) => !isMet(row)).map(({ name }) => name);
  return `${rows.length - missed.length} of ${rows.length} goals met${missed.length > 0 ? `; missed: ${missed.join('; ')}` : ''}`;
}

export function describe({ commit, versions, cores, cpu, memoryGiB, load, system }: Machine): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `commit ${commit}; ${programs.join(', ')}\n${cores} cores of ${cpu}, ${memoryGiB} GiB, ${system}, load ${load.toFixed(2)}`;
}
