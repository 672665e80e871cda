import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useTheme } from '../../ui/index.js';
import type { UsageByDay } from './usage-series.js';

const HEIGHT = 260;
const DAY_SECONDS = 86_400;

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** From each series on, the sum of it and those behind it: drawn in this order, they stand on each other. */
function stacked({ series, days }: UsageByDay): number[][] {
  const sums: number[][] = [];
  let above = days.map(() => 0);
  for (const { values } of series.toReversed()) {
    above = above.map((sum, day) => sum + (values[day] ?? 0));
    sums.unshift(above);
  }
  return sums;
}

function options(usage: UsageByDay, width: number, format: (figure: number) => string): uPlot.Options {
  const axis = { stroke: colour('--soft'), ticks: { show: false }, font: `12px ${colour('--font')}` };
  const bars = uPlot.paths.bars!({ size: [0.7, 40] });
  return {
    width,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'UTC'),
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_, from, to) => [from - DAY_SECONDS / 2, to + DAY_SECONDS / 2] },
      y: { range: (_, _from, to) => [0, to > 0 ? to * 1.05 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 32,
        space: 60,
        incrs: [1, 2, 7, 14, 28].map((days) => days * DAY_SECONDS),
        values: [[DAY_SECONDS, '{D} {MMM}', null, null, null, null, null, null, 1]],
      },
      { ...axis, grid: { stroke: colour('--line'), width: 1 }, size: 64, values: (_, splits) => splits.map(format) },
    ],
    series: [
      {},
      ...usage.series.map((_, index) => ({
        paths: bars,
        points: { show: false },
        width: 0,
        fill: colour(`--chart-${index + 1}`),
      })),
    ],
  };
}

/** Stacked bars, one for each day. It says nothing that the table beside it does not: `label` is read out in its place. */
export function UsageChart({
  usage,
  format,
  label,
}: {
  readonly usage: UsageByDay;
  readonly format: (figure: number) => string;
  readonly label: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const days = usage.days.map((day) => Date.parse(day) / 1_000);
    const plot = new uPlot(options(usage, element.clientWidth, format), [days, ...stacked(usage)], element);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
    // Its colours are the theme's.
  }, [usage, format, theme]);
  return (
    <figure className="usage-figure">
      <div ref={place} className="usage-chart" role="img" aria-label={label} />
      <figcaption>
        <ul className="usage-legend">
          {usage.series.map(({ name, total }, index) => (
            <li key={name}>
              <span className={`swatch swatch-${index + 1}`} aria-hidden="true" />
              {name} <span className="soft">{format(total)}</span>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}
