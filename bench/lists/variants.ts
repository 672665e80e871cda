import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { BenchDatabase } from '../harness/database.js';
import { startBenchServer } from '../harness/bench-server.js';
import { graphqlRequest, HttpConnection, type Reply } from '../harness/http-connection.js';
import { startPeer } from '../harness/peers.js';
import { TENANT } from '../harness/seed.js';
import { agentsOf, documentsOf, type Agent, type Dialect, type Kind } from './documents.js';

export const BASELINE = 'bare graphql-js + pg';
export const PRODUCT = 'triaged';
export const STOCK = 'stock type-graphql + Apollo + pg';
export const POSTGRAPHILE = 'PostGraphile';
export const MERCURIUS = 'mercurius + jit';

/** Of the product: its SDK's documents by id. */
const persistedDocuments = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../../sdk/src/generated/persisted-documents.json'), 'utf8'),
) as Readonly<Record<string, string>>;

export interface Variant {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly dialect: Dialect;
  readonly headers: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** All servers over the same rows, each a fresh process; idle ones cost nothing while another is measured. */
export async function startVariants(
  root: string,
  database: BenchDatabase,
  dataDir: string,
  environment: Readonly<Record<string, string>>,
): Promise<Variant[]> {
  const variants: Variant[] = [];
  const peer = async (name: string, file: string, dialect: Dialect = 'own'): Promise<void> => {
    const [document] = documentsOf('persisted', dialect);
    const environment = { DATABASE_URL: database.url, BENCH_TENANT: TENANT, BENCH_DOCUMENT: document! };
    const server = await startPeer(root, file, environment);
    variants.push({ ...server, name, dialect, headers: {} });
  };
  try {
    await peer(BASELINE, 'bare');
    await peer(STOCK, 'stock');
    await peer(POSTGRAPHILE, 'postgraphile', 'postgraphile');
    await peer(MERCURIUS, 'mercurius');
    const settings = { DATABASE_URL: database.url, RUNTIME: 'fake', RATE_LIMIT_REQUESTS: '1000000', ...environment };
    const server = await startBenchServer(root, dataDir, settings, 'node');
    variants.push({ ...server, name: PRODUCT, dialect: 'own', headers: { 'x-api-key': server.apiKey } });
    return variants;
  } catch (error) {
    await closeVariants(variants);
    throw error;
  }
}

export async function closeVariants(variants: readonly Variant[]): Promise<void> {
  await Promise.allSettled(variants.map((variant) => variant.close()));
}

/** Those that know no persisted documents are sent the text. */
export function requestsOf(kind: Kind, { name, dialect, headers }: Variant): Buffer[] {
  if (kind === 'persisted' && name === PRODUCT) {
    return [graphqlRequest({ documentId: persistedId('query Agents('), variables: { limit: 20 } }, headers)];
  }
  if (kind === 'persisted' && name === MERCURIUS) return [graphqlRequest({ persisted: true, query: 'bench' })];
  return documentsOf(kind, dialect).map((query) => graphqlRequest({ query }, headers));
}

/** The id of the product's own persisted document that begins so. */
function persistedId(beginning: string): string {
  const [id] = Object.entries(persistedDocuments).find(([, text]) => text.startsWith(beginning)) ?? [];
  if (id === undefined) throw new Error(`No persisted document begins with ${beginning}.`);
  return id;
}

/** Resolves to the one right answer, to the byte. Throws, naming the variant, when it is not what the database holds. */
export async function checkedReply(kind: Kind, variant: Variant, expected: readonly Agent[]): Promise<Reply> {
  const connection = await HttpConnection.open(variant.port);
  try {
    const reply = await connection.exchange(requestsOf(kind, variant)[0]!);
    const { data } = JSON.parse(reply.body.toString()) as { data?: { __typename?: string } | null };
    const isRight =
      kind === 'trivial'
        ? data?.__typename === 'Query'
        : Boolean(data) && isDeepStrictEqual(agentsOf(data, variant.dialect), expected);
    if (reply.status === 200 && isRight) return reply;
    throw new Error(`${variant.name} answered ${reply.status} ${reply.body.toString().slice(0, 500)}`);
  } finally {
    connection.close();
  }
}

/** What every list has to say, read without any of the servers. */
export async function expectedAgents(database: BenchDatabase): Promise<readonly Agent[]> {
  const rows = await database.query(
    `SELECT agent.id, agent.name, agent.role, agent.description,
            json_agg(json_build_object('id', tool.id, 'name', tool.name) ORDER BY tool.name COLLATE "C") AS tools
     FROM agents AS agent
     JOIN agent_tools AS link ON link.agent_id = agent.id JOIN tools AS tool ON tool.id = link.tool_id
     WHERE agent.tenant_id = $1 GROUP BY agent.id, agent.tenant_id ORDER BY agent.created_at DESC, agent.id DESC LIMIT 20`,
    [TENANT],
  );
  return rows as unknown as Agent[];
}
