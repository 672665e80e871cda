import { makeDataFolder } from '../harness/bench-server.js';
import type { Group, GroupContext, Row } from '../harness/group.js';
import { closedLoad, type LoadFigures } from '../harness/load.js';
import { installPeers } from '../harness/peers.js';
import { startBenchRedis } from '../harness/redis.js';
import { median, ratios } from '../harness/statistics.js';
import { callOf, checkedReply } from './call.js';
import { arrivals } from './stream.js';
import { startVariants, type Variant, type VariantName } from './variants.js';

const CONNECTIONS = 32;
/** The pause between two events of the provider's stream: a gateway that buffers is late by it, or by more. */
export const STREAM_PAUSE_MS = 100;
const LATE_MS = 20;

interface Measured {
  /** One call at a time. */
  readonly alone: LoadFigures;
  /** As many as it takes to be busy all the time. */
  readonly busy: LoadFigures;
  /** When the events of a stream arrived, in ms. Empty for Portkey: 1.15.2 answers 500 to a streamed call on Node 24. */
  readonly events: readonly number[];
}

type Figures = Map<VariantName, Measured[]>;

/** A model call through the gateway beside the same call sent straight to the provider, and through Portkey's. */
export const gateway: Group = {
  name: 'gateway',
  async measure(context) {
    const reason = await installPeers(context.root, context.say);
    if (reason !== undefined) return { rows: [], skips: [{ name: 'the gateway beside Portkey', reason }] };
    const folder = await makeDataFolder();
    const redis = await startBenchRedis();
    const environment: Record<string, string> = redis ? { REDIS_URL: redis.url } : {};
    try {
      const figures: Figures = new Map();
      for (let round = 0; round < (context.quick ? 1 : 7); round += 1) {
        await measureRound(context, round, figures, `${folder.path}/${round}`, environment);
      }
      return { rows: rowsOf(figures), skips: [] };
    } finally {
      await redis?.close();
      await folder.remove();
    }
  },
};

async function measureRound(
  { root, quick, say }: GroupContext,
  round: number,
  figures: Figures,
  dataDir: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const started = await startVariants(root, dataDir, environment, STREAM_PAUSE_MS);
  const { variants } = started;
  try {
    const expected = (await checkedReply(variants[0]!, undefined)).body;
    // Each round another one goes first.
    for (const variant of variants.map((_, index) => variants[(index + round) % variants.length]!)) {
      await checkedReply(variant, expected);
      const measured = await measure(variant, expected, quick);
      figures.set(variant.name, [...(figures.get(variant.name) ?? []), measured]);
      const { alone, busy } = measured;
      say(
        `round ${round + 1}, ${variant.name}: p50 ${alone.p50.toFixed(3)} ms, ${busy.perSecond.toFixed(0)} req/s, ` +
          `${(busy.cpuMsPerRequest * 1000).toFixed(0)} µs of CPU a request`,
      );
    }
  } finally {
    await started.close();
  }
}

async function measure(variant: Variant, expected: Buffer, quick: boolean): Promise<Measured> {
  const request = callOf(variant);
  const load = (connections: number): Promise<LoadFigures> =>
    closedLoad({
      ...{ at: variant.at, pid: variant.pid, connections },
      ...{ warmUpMs: quick ? 200 : 1000, durationMs: quick ? 300 : 4000 },
      next: () => request,
      isRight: ({ status, body }) => status === 200 && body.equals(expected),
    });
  const events = variant.name === 'Portkey' ? [] : await arrivals(variant);
  return { alone: await load(1), busy: await load(CONNECTIONS), events };
}

function rowsOf(figures: Figures): Row[] {
  const of = <T>(name: VariantName, pick: (measured: Measured) => T): T[] => (figures.get(name) ?? []).map(pick);
  const added = (name: VariantName): number[] => {
    const direct = of('direct', ({ alone }) => alone.p50);
    return of(name, ({ alone }) => alone.p50).map((p50, round) => p50 - direct[round]!);
  };
  const cpu = (name: VariantName): number[] => of(name, ({ busy }) => busy.cpuMsPerRequest);
  const rows = [...figures.keys()].flatMap((name): Row[] => [
    {
      name: `${name}: one call at a time`,
      unit: 'ms',
      samples: of(name, ({ alone }) => alone.p50),
      details: { 'p95 ms': of(name, ({ alone }) => alone.p95), 'p99 ms': of(name, ({ alone }) => alone.p99) },
    },
    {
      name: `${name}: ${CONNECTIONS} calls at a time`,
      unit: 'req/s',
      samples: of(name, ({ busy }) => busy.perSecond),
      details: {
        'CPU µs': cpu(name).map((ms) => ms * 1000),
        'p50 ms': of(name, ({ busy }) => busy.p50),
        'p99 ms': of(name, ({ busy }) => busy.p99),
        errors: of(name, ({ alone, busy }) => alone.errors + busy.errors),
        "generator's share": of(name, ({ busy }) => busy.generatorShare),
      },
    },
  ]);
  const errors = [...figures.values()].flat().map(({ alone, busy }) => alone.errors + busy.errors);
  return [
    ...rows,
    {
      name: 'added p50, triaged : Portkey',
      unit: '×',
      samples: ratios(added('triaged'), added('Portkey')),
      goal: { atMost: 0.5 },
      details: { 'triaged ms': added('triaged'), 'Portkey ms': added('Portkey') },
    },
    {
      name: 'requests per core, triaged : Portkey',
      unit: '×',
      samples: ratios(cpu('Portkey'), cpu('triaged')),
      goal: { atLeast: 3 },
    },
    {
      name: 'p50, metering on : off',
      unit: '×',
      samples: ratios(
        of('triaged', ({ alone }) => alone.p50),
        of('triaged, metering off', ({ alone }) => alone.p50),
      ),
      goal: { atMost: 1.1 },
      details: { 'CPU ×': ratios(cpu('triaged'), cpu('triaged, metering off')) },
    },
    {
      name: 'an event of a stream, later than straight from the provider',
      unit: 'ms',
      samples: later(
        of('triaged', ({ events }) => events),
        of('direct', ({ events }) => events),
      ),
      goal: { atMost: LATE_MS },
    },
    { name: 'errors, all variants', unit: 'errors', samples: errors, goal: { atMost: 0 } },
  ];
}

/** Of each round, by how much the median event came later. */
const later = (ours: readonly (readonly number[])[], direct: readonly (readonly number[])[]): number[] =>
  ours.map((times, round) => median(times.map((time, index) => time - (direct[round]?.[index] ?? Number.NaN))));
