import { makeDataFolder, startBenchServer, type BenchServer } from '../harness/bench-server.js';
import { startBenchDatabase, type BenchDatabase } from '../harness/database.js';
import type { Group, GroupContext, Row } from '../harness/group.js';
import { graphqlRequest, HttpConnection } from '../harness/http-connection.js';
import { seedAgents, seedExecutions, TENANT } from '../harness/seed.js';
import { median, quantile, ratios } from '../harness/statistics.js';
import { cursorAt } from '../platform/mixed-load.js';

const ROWS = 20_000;
const DEEP = 19_900;
const FIELDS = '{ items { id agentId agentName prompt model response createdAt } nextCursor }';

type Ask = () => Promise<unknown>;

/**
 * A page of history at row 19,900 by keyset, beside the first page and beside the same page by offset. The product's own
 * offset counts in the index, so that the plain statement is what a keyset is held against.
 */
export const deepPage: Group = {
  name: 'deep-page',
  async measure(context) {
    const folder = await makeDataFolder();
    const database = await startBenchDatabase(folder.path);
    try {
      await seedAgents(database);
      await seedExecutions(database, ROWS);
      const product = await overProduct(context, database, folder.path);
      return { rows: [...product, ...(await inSql(context, database))], skips: [] };
    } finally {
      await database.close();
      await folder.remove();
    }
  },
};

/** In each round a fresh server, asked by one client in turns: what the user of a deep page waits for. */
async function overProduct(context: GroupContext, database: BenchDatabase, folder: string): Promise<Row[]> {
  const rounds = new Rounds();
  for (let round = 0; round < (context.quick ? 1 : 5); round += 1) {
    const environment = { DATABASE_URL: database.url, RUNTIME: 'fake', RATE_LIMIT_REQUESTS: '1000000' };
    const server = await startBenchServer(context.root, `${folder}/round-${round}`, environment, 'node');
    try {
      await askProduct(server, rounds, context.quick);
    } finally {
      await server.close();
    }
    context.say(`round ${round + 1}, over HTTP: ${rounds.last()}`);
  }
  return rounds.rows('over HTTP', { keyset: 1.3 });
}

async function askProduct(server: BenchServer, rounds: Rounds, quick: boolean): Promise<void> {
  const headers = { 'x-api-key': server.apiKey };
  const after = await cursorAt(server.port, headers, DEEP);
  const connection = await HttpConnection.open(server.port);
  const page = (args: string) => {
    const request = graphqlRequest({ query: `{ executions(${args}) ${FIELDS} }` }, headers);
    return async () => {
      const { status, body } = await connection.exchange(request);
      if (status === 200) return (JSON.parse(body.toString()) as { data: unknown }).data;
      throw new Error(`${status} ${body.toString().slice(0, 300)}`);
    };
  };
  const keyset = page(`limit: 20, after: "${after}"`);
  const offset = page(`limit: 20, offset: ${DEEP}`);
  try {
    const [byKeyset, byOffset] = [JSON.stringify(await keyset()), JSON.stringify(await offset())];
    if (byKeyset !== byOffset) throw new Error('The page behind the cursor is not the page at the same offset.');
    await rounds.add({ first: page('limit: 20'), keyset, offset }, quick ? 50 : 400);
  } finally {
    connection.close();
  }
}

/** The three statements as anyone would write them, with all columns. */
async function inSql({ quick, say }: GroupContext, database: BenchDatabase): Promise<Row[]> {
  const order = 'ORDER BY created_at DESC, id DESC LIMIT 20';
  const [at] = await database.query(
    `SELECT created_at, id FROM execution_logs WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ${DEEP - 1}`,
    [TENANT],
  );
  const sql =
    (condition: string, offset: number, values: readonly unknown[] = []) =>
    () =>
      database.query(`SELECT * FROM execution_logs WHERE tenant_id = $1 ${condition} ${order} OFFSET ${offset}`, [
        TENANT,
        ...values,
      ]);
  const asks = {
    first: sql('', 0),
    keyset: sql('AND (created_at, id) < ($2, $3)', 0, [at?.created_at, at?.id]),
    offset: sql('', DEEP),
  };
  const rounds = new Rounds();
  for (let round = 0; round < (quick ? 1 : 5); round += 1) {
    await rounds.add(asks, quick ? 20 : 100);
    say(`round ${round + 1}, in SQL: ${rounds.last()}`);
  }
  return rounds.rows('the statement alone', { keyset: 1.3, offset: 15 });
}

type Pages = 'first' | 'keyset' | 'offset';
const PAGES: readonly Pages[] = ['first', 'keyset', 'offset'];
const NAMES: Readonly<Record<Pages, string>> = {
  first: 'first page',
  keyset: `page at row ${DEEP}, keyset`,
  offset: `page at row ${DEEP}, offset`,
};

/** Milliseconds of each kind of page, by round. */
class Rounds {
  readonly #latencies: Record<Pages, number[][]> = { first: [], keyset: [], offset: [] };

  /** So many of each, one after the other in turns, behind a warm-up of half as many. */
  async add(asks: Readonly<Record<Pages, Ask>>, count: number): Promise<void> {
    for (const page of PAGES) this.#latencies[page].push([]);
    for (let index = -count / 2; index < count; index += 1) {
      for (const page of PAGES) {
        const began = performance.now();
        await asks[page]();
        if (index >= 0) this.#latencies[page].at(-1)!.push(performance.now() - began);
      }
    }
  }

  last(): string {
    return PAGES.map((page) => `${NAMES[page]} ${median(this.#latencies[page].at(-1)!).toFixed(2)} ms`).join(', ');
  }

  rows(where: string, goals: { readonly keyset?: number; readonly offset?: number }): Row[] {
    const medians = (page: Pages) => this.#latencies[page].map(median);
    const pages = PAGES.map((page): Row => ({
      name: `${NAMES[page]}, ${where}`,
      unit: 'ms',
      samples: medians(page),
      details: {
        'p95 ms': this.#latencies[page].map((each) => quantile(each, 0.95)),
        'p99 ms': this.#latencies[page].map((each) => quantile(each, 0.99)),
      },
    }));
    return [
      ...pages,
      {
        name: `keyset : first page, ${where}`,
        unit: '×',
        samples: ratios(medians('keyset'), medians('first')),
        ...(goals.keyset !== undefined && { goal: { atMost: goals.keyset } }),
      },
      {
        name: `offset : keyset, ${where}`,
        unit: '×',
        samples: ratios(medians('offset'), medians('keyset')),
        ...(goals.offset !== undefined && { goal: { atLeast: goals.offset } }),
      },
    ];
  }
}
