import type { GroupResult, Row } from './group.js';
import type { Machine } from './machine.js';
import { median, quantile } from './statistics.js';

const figure = (value: number, unit: Row['unit']): string => (unit === 'ms' ? value.toFixed(0) : value.toFixed(2));

function verdict({ samples, goal, unit }: Row): string {
  if (goal === undefined) return '';
  return `${median(samples) <= goal ? 'met' : 'MISSED'} (≤ ${figure(goal, unit)} ${unit})`;
}

/** All rows as one table: median, least and greatest, 95th percentile, rounds, goal. */
export function table(results: ReadonlyMap<string, GroupResult>): string {
  const header = ['group', 'row', 'median', 'min – max', 'p95', 'unit', 'rounds', 'goal'];
  const lines = [...results].flatMap(([group, { rows, skips }]) => [
    ...rows.map((row) => [
      group,
      row.name,
      figure(median(row.samples), row.unit),
      `${figure(Math.min(...row.samples), row.unit)} – ${figure(Math.max(...row.samples), row.unit)}`,
      figure(quantile(row.samples, 0.95), row.unit),
      row.unit,
      String(row.samples.length),
      verdict(row),
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

export function describe({ commit, versions, cores, cpu, memoryGiB, load, system }: Machine): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `commit ${commit}; ${programs.join(', ')}\n${cores} cores of ${cpu}, ${memoryGiB} GiB, ${system}, load ${load.toFixed(2)}`;
}
