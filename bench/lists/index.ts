import { makeDataFolder } from '../harness/bench-server.js';
import { startBenchDatabase, type BenchDatabase } from '../harness/database.js';
import type { Group, GroupContext, Row } from '../harness/group.js';
import { closedLoad, type LoadFigures } from '../harness/load.js';
import { installPeers } from '../harness/peers.js';
import { NO_REDIS, startBenchRedis } from '../harness/redis.js';
import { seedAgents } from '../harness/seed.js';
import { ratios } from '../harness/statistics.js';
import type { Agent, Kind } from './documents.js';
import { goals } from './goals.js';
import { BASELINE, checkedReply, closeVariants, expectedAgents, requestsOf, startVariants } from './variants.js';
import type { Variant } from './variants.js';

const CONNECTIONS = 32;
const KINDS: readonly Kind[] = ['hot', 'persisted', 'any', 'trivial'];
const NAMES: Readonly<Record<Kind, string>> = {
  hot: 'list, hot document',
  persisted: 'list, persisted document',
  any: 'list, any document',
  trivial: 'trivial query',
};

/** The figures of every round by kind and variant: `figures.get('hot')!.get(BASELINE)![round]`. */
export type Figures = ReadonlyMap<Kind, ReadonlyMap<string, LoadFigures[]>>;

/** Lists and the trivial query: the whole product, auth, tenancy and quota on Redis, beside four peers over the same rows. */
export const lists: Group = {
  name: 'lists',
  async measure(context) {
    const reason = await installPeers(context.root, context.say);
    if (reason !== undefined)
      return { rows: [], skips: [{ name: 'lists and trivial query beside the peers', reason }] };
    const folder = await makeDataFolder();
    const database = await startBenchDatabase(folder.path);
    const redis = await startBenchRedis();
    const environment: Readonly<Record<string, string>> = redis ? { REDIS_URL: redis.url } : {};
    try {
      await seedAgents(database);
      const rows = rowsOf(await measureRounds(context, database, folder.path, environment));
      return { rows, skips: redis ? [] : [{ name: "the product's quota on Redis, in every row", reason: NO_REDIS }] };
    } finally {
      await redis?.close();
      await database.close();
      await folder.remove();
    }
  },
};

async function measureRounds(
  context: GroupContext,
  database: BenchDatabase,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Figures> {
  const figures = new Map(KINDS.map((kind) => [kind, new Map<string, LoadFigures[]>()] as const));
  const expected = await expectedAgents(database);
  for (let round = 0; round < (context.quick ? 1 : 5); round += 1) {
    const variants = await startVariants(context.root, database, `${folder}/round-${round}`, environment);
    // Each round another one goes first.
    const order = variants.map((_, index) => variants[(index + round) % variants.length]!);
    try {
      for (const kind of KINDS) {
        for (const variant of order) {
          const measured = await measure(kind, variant, expected, context.quick);
          const rounds = figures.get(kind)!.get(variant.name) ?? [];
          figures.get(kind)!.set(variant.name, [...rounds, measured]);
          context.say(`round ${round + 1}, ${NAMES[kind]}, ${variant.name}: ${measured.perSecond.toFixed(0)} req/s`);
        }
      }
    } finally {
      await closeVariants(variants);
    }
  }
  return figures;
}

async function measure(kind: Kind, variant: Variant, expected: readonly Agent[], quick: boolean): Promise<LoadFigures> {
  const { status, body } = await checkedReply(kind, variant, expected);
  const requests = requestsOf(kind, variant);
  let sent = 0;
  return closedLoad({
    at: variant.port,
    pid: variant.pid,
    connections: CONNECTIONS,
    warmUpMs: quick ? 300 : 2000,
    durationMs: quick ? 700 : 4000,
    next: () => requests[sent++ % requests.length]!,
    isRight: (reply) => reply.status === status && reply.body.equals(body),
  });
}

function rowsOf(figures: Figures): Row[] {
  return KINDS.flatMap((kind): Row[] => {
    const byVariant = figures.get(kind)!;
    const baseline = byVariant.get(BASELINE)!;
    const loads = [...byVariant].map(([variant, rounds]) => loadRow(`${NAMES[kind]}: ${variant}`, rounds, baseline));
    return [...loads, ...goals(NAMES[kind], kind, byVariant)];
  });
}

function loadRow(name: string, rounds: readonly LoadFigures[], baseline: readonly LoadFigures[]): Row {
  const all = (pick: (figures: LoadFigures) => number) => rounds.map(pick);
  const cpu = (figures: LoadFigures) => figures.cpuMsPerRequest;
  const perSecond = (figures: LoadFigures) => figures.perSecond;
  return {
    name,
    unit: 'req/s',
    samples: all(perSecond),
    details: {
      '× bare': ratios(all(perSecond), baseline.map(perSecond)),
      'p50 ms': all(({ p50 }) => p50),
      'p95 ms': all(({ p95 }) => p95),
      'p99 ms': all(({ p99 }) => p99),
      'CPU ms': all(cpu),
      'CPU × bare': ratios(all(cpu), baseline.map(cpu)),
      errors: all(({ errors }) => errors),
      'load generator, cores': all(({ generatorShare }) => generatorShare),
    },
  };
}
