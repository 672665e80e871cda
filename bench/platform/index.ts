import { makeDataFolder, startBenchServer, type BenchServer } from '../harness/bench-server.js';
import { startBenchDatabase, type BenchDatabase } from '../harness/database.js';
import type { Group, GroupContext, Row } from '../harness/group.js';
import { NO_REDIS, startBenchRedis, type BenchRedis } from '../harness/redis.js';
import { seedAgents, seedExecutions } from '../harness/seed.js';
import { quantile } from '../harness/statistics.js';
import { checkLimitBeside } from './limit-check.js';
import { MixedLoad, type MixedFigures } from './mixed-load.js';
import type { Kind } from './scenario.js';

const REQUESTS_PER_SECOND = 300;
const HISTORY = 20_000;
const LIMIT_CHECK = 'limit check on Redis, p95 (SC-003)';

/** The bounds of the 95th percentile in milliseconds, and the success criterion that sets them. */
const CRITERIA: readonly { readonly kind: Kind; readonly criterion?: string; readonly atMost?: number }[] = [
  { kind: 'CRUD', criterion: 'SC-001', atMost: 100 },
  { kind: 'runAgent', criterion: 'SC-002', atMost: 500 },
  { kind: 'history page', criterion: 'SC-004', atMost: 200 },
  { kind: 'trivial query' },
];

/** A hundred clients at a steady rate beside the specification's bounds, and as fast as they can without one error. */
export const platform: Group = {
  name: 'platform',
  async measure(context) {
    const folder = await makeDataFolder();
    const database = await startBenchDatabase(folder.path);
    const redis = await startBenchRedis();
    try {
      await seedAgents(database);
      await seedExecutions(database, HISTORY);
      const { steady, checks, flood } = await measureRounds(context, database, redis, folder.path);
      return {
        rows: [...steadyRows(steady), ...checkRows(checks), ...floodRows(flood)],
        skips: redis ? [] : [{ name: LIMIT_CHECK, reason: NO_REDIS }],
      };
    } finally {
      await redis?.close();
      await database.close();
      await folder.remove();
    }
  },
};

interface Rounds {
  readonly steady: MixedFigures[];
  /** Milliseconds of the limit checks of each round. */
  readonly checks: number[][];
  readonly flood: MixedFigures[];
}

async function measureRounds(
  context: GroupContext,
  database: BenchDatabase,
  redis: BenchRedis | undefined,
  folder: string,
): Promise<Rounds> {
  const rounds: Rounds = { steady: [], checks: [], flood: [] };
  const count = context.quick ? 1 : 5;
  for (let round = 0; round < count; round += 1) {
    const server = await startBenchServer(
      context.root,
      `${folder}/round-${round}`,
      {
        DATABASE_URL: database.url,
        RUNTIME: 'fake',
        RATE_LIMIT_REQUESTS: '1000000',
        ...(redis && { REDIS_URL: redis.url }),
      },
      'node',
    );
    try {
      await measureRound(context, server, redis, rounds, round === count - 1);
    } finally {
      await server.close();
    }
  }
  return rounds;
}

async function measureRound(
  { quick, say }: GroupContext,
  server: BenchServer,
  redis: BenchRedis | undefined,
  rounds: Rounds,
  isLast: boolean,
): Promise<void> {
  const load = await MixedLoad.open(server, `${server.pid}`);
  try {
    await load.check();
    await load.spread();
    const limitCheck = redis && checkLimitBeside(redis.url);
    const figures = await load.steady(REQUESTS_PER_SECOND, quick ? 1000 : 4000, quick ? 2000 : 15_000);
    rounds.steady.push(figures);
    if (limitCheck) rounds.checks.push(await limitCheck.stop());
    say(`round ${rounds.steady.length}: ${told(figures)}`);
    if (!isLast) return;
    const flood = await load.flood(quick ? 2000 : 30_000);
    rounds.flood.push(flood);
    say(`as fast as they can: ${told(flood)}`);
  } finally {
    load.close();
  }
}

const told = ({ perSecond, errors, firstError, latencies }: MixedFigures): string => {
  const p95 = [...latencies].map(([kind, each]) => `${kind} p95 ${quantile(each, 0.95).toFixed(1)} ms`).join(', ');
  return `${perSecond.toFixed(0)} req/s, ${errors} errors${firstError === undefined ? '' : ` (${firstError})`}; ${p95}`;
};

const spread = (rounds: readonly (readonly number[])[]) => ({
  'p50 ms': rounds.map((each) => quantile(each, 0.5)),
  'p99 ms': rounds.map((each) => quantile(each, 0.99)),
  requests: rounds.map((each) => each.length),
});

function steadyRows(rounds: readonly MixedFigures[]): Row[] {
  const latencies = CRITERIA.map(({ kind, criterion, atMost }): Row => {
    const each = rounds.map((figures) => figures.latencies.get(kind)!);
    const suffix = criterion === undefined ? '' : ` (${criterion})`;
    return {
      name: `100 clients, ${REQUESTS_PER_SECOND} req/s: ${kind}, p95${suffix}`,
      unit: 'ms',
      samples: each.map((round) => quantile(round, 0.95)),
      ...(atMost !== undefined && { goal: { atMost } }),
      details: spread(each),
    };
  });
  return [...latencies, errorRow(`100 clients, ${REQUESTS_PER_SECOND} req/s: errors`, rounds)];
}

const checkRows = (rounds: readonly number[][]): Row[] =>
  rounds.length === 0
    ? []
    : [
        {
          name: LIMIT_CHECK,
          unit: 'ms',
          samples: rounds.map((round) => quantile(round, 0.95)),
          goal: { atMost: 10 },
          details: spread(rounds),
        },
      ];

function floodRows(rounds: readonly MixedFigures[]): Row[] {
  const all = rounds.map(({ latencies }) => [...latencies.values()].flat());
  return [
    errorRow('100 clients as fast as they can, 30 s: errors (SC-008)', rounds),
    {
      name: '100 clients as fast as they can: throughput',
      unit: 'req/s',
      samples: rounds.map(({ perSecond }) => perSecond),
    },
    {
      name: '100 clients as fast as they can: all kinds, p95',
      unit: 'ms',
      samples: all.map((each) => quantile(each, 0.95)),
      details: {
        ...spread(all),
        ...Object.fromEntries(
          CRITERIA.map(({ kind }) => [
            `${kind} p95 ms`,
            rounds.map(({ latencies }) => quantile(latencies.get(kind)!, 0.95)),
          ]),
        ),
      },
    },
  ];
}

/** Of all rounds together: a median would forgive them. */
const errorRow = (name: string, rounds: readonly MixedFigures[]): Row => ({
  name,
  unit: 'errors',
  samples: [rounds.reduce((sum, { errors }) => sum + errors, 0)],
  goal: { atMost: 0 },
});
