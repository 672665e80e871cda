import type { Row } from '../harness/group.js';
import type { LoadFigures } from '../harness/load.js';
import { median, ratios } from '../harness/statistics.js';
import type { Length } from './call.js';
import type { VariantName } from './variants.js';

export const LENGTHS: readonly Length[] = ['short', 'long'];
export const CONNECTIONS = 32;
/** Of an event that is passed on at once; one that waits for the next is late by the provider's pause. */
const LATE_MS = 20;

interface Loads {
  /** One call at a time. */
  readonly alone: LoadFigures;
  /** As many as it takes to be busy all the time. */
  readonly busy: LoadFigures;
}

export interface Measured extends Readonly<Record<Length, Loads>> {
  /** When the events of a stream arrived, in ms. Empty for Portkey: 1.15.2 answers 500 to a streamed call on Node 24. */
  readonly events: readonly number[];
}

/** One entry for each round. */
export type Figures = Map<VariantName, Measured[]>;

export function rowsOf(figures: Figures): Row[] {
  const events = (name: VariantName): (readonly number[])[] =>
    (figures.get(name) ?? []).map((measured) => measured.events);
  const loads = [...figures.values()].flat().flatMap(({ short, long }) => [short, long]);
  return [
    ...LENGTHS.flatMap((length) => loadRows(figures, length)),
    {
      name: 'an event of a stream, later than straight from the provider',
      unit: 'ms',
      samples: later(events('triaged'), events('direct')),
      goal: { atMost: LATE_MS },
    },
    {
      name: 'errors, all variants',
      unit: 'errors',
      samples: loads.map(({ alone, busy }) => alone.errors + busy.errors),
      goal: { atMost: 0 },
    },
  ];
}

function loadRows(figures: Figures, length: Length): Row[] {
  const of = <T>(name: VariantName, pick: (loads: Loads) => T): T[] =>
    (figures.get(name) ?? []).map((measured) => pick(measured[length]));
  const p50 = (name: VariantName): number[] => of(name, ({ alone }) => alone.p50);
  const added = (name: VariantName): number[] => p50(name).map((ms, round) => ms - p50('direct')[round]!);
  const cpu = (name: VariantName): number[] => of(name, ({ busy }) => busy.cpuMsPerRequest);
  return [
    ...[...figures.keys()].flatMap((name): Row[] => [
      {
        name: `${length} call, ${name}: one at a time`,
        unit: 'ms',
        samples: p50(name),
        details: { 'p95 ms': of(name, ({ alone }) => alone.p95), 'p99 ms': of(name, ({ alone }) => alone.p99) },
      },
      {
        name: `${length} call, ${name}: ${CONNECTIONS} at a time`,
        unit: 'req/s',
        samples: of(name, ({ busy }) => busy.perSecond),
        details: {
          'CPU µs': cpu(name).map((ms) => ms * 1000),
          'p50 ms': of(name, ({ busy }) => busy.p50),
          'p99 ms': of(name, ({ busy }) => busy.p99),
          "generator's share": of(name, ({ busy }) => busy.generatorShare),
        },
      },
    ]),
    {
      name: `${length} call, added p50, triaged : Portkey`,
      unit: '×',
      samples: ratios(added('triaged'), added('Portkey')),
      goal: { atMost: 0.5 },
      details: { 'triaged ms': added('triaged'), 'Portkey ms': added('Portkey') },
    },
    {
      name: `${length} call, requests per core, triaged : Portkey`,
      unit: '×',
      samples: ratios(cpu('Portkey'), cpu('triaged')),
      goal: { atLeast: 3 },
    },
    {
      name: `${length} call, p50, metering on : off`,
      unit: '×',
      samples: ratios(p50('triaged'), p50('triaged, metering off')),
      goal: { atMost: 1.1 },
      details: { 'CPU ×': ratios(cpu('triaged'), cpu('triaged, metering off')) },
    },
  ];
}

/** Of each round, by how much the median event came later. */
const later = (ours: readonly (readonly number[])[], direct: readonly (readonly number[])[]): number[] =>
  ours.map((times, round) => median(times.map((time, index) => time - (direct[round]?.[index] ?? Number.NaN))));
