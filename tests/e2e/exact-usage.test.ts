// needs: docker
// The claim: every model call is counted once, also when the server is killed in the middle. 10,000 calls, 64 at once, go from
// four runs' containers over their run channels through a real server to the mock provider, which is a process of its own
// and keeps books. A third is streamed; some are left by their client after the first piece; some are refused, failed or cut
// by the provider; and the server is killed with SIGKILL twice. No call is made twice by its client.
//
// How the two accounts are reconciled. A call is written down as begun before it is sent, and its end before the last byte
// of its answer is passed on. So a call that was under way at a kill has a beginning without an end: it is UNKNOWN, and in
// no other figure. Of these, the provider has received some (and booked them as whatever it thinks became of them) and
// some it has not. Hence, to the unit:
//   for each end:  booked = counted + under way at a kill          (none of them negative)
//   in total:      received + never arrived = counted + UNKNOWN
// A call that was cut at a kill before it was written down is in neither account; its client saw it break.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configureAiAgent } from '../testkit/ai-agents.js';
import { awaitNoContainer, runContainers } from '../testkit/docker.js';
import { startMockProvider, type MockProvider, type ProviderBooks } from '../testkit/mock-provider/index.js';
import {
  buildLoadAgentImage,
  completedByModel,
  ENDS,
  endsAtClients,
  endsInBooks,
  endsInUsage,
  startLoad,
  tallyOf,
  TOKEN_FIGURES,
  type LoadRun,
  type ModelFigures,
  type Tally,
} from '../testkit/model-load.js';
import { createTestDatabase, type TestDatabase } from '../testkit/postgres.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, randomKey, sha256, startInstance, type RunView } from '../testkit/triage.js';
import { unknownCalls, usageByModel, type UnknownCall, type UsageFigures } from '../testkit/usage-figures.js';

const CALLS_OF_A_RUN = 2500;
const AT_ONCE = 16;
/** How many calls the provider has received when the server is killed. */
const KILLS_AT = [3000, 6500];
const PATIENCE_MS = 150_000;
/** No call takes longer on a busy machine. */
const UNDER_WAY_MS = 30_000;

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let database: TestDatabase;
let provider: MockProvider;
let server: TestServer;

const kills: { at: number; backAt: number }[] = [];
let runs: RunView[];
let tallies: Tally[];
let books: ProviderBooks;
let usage: readonly UsageFigures[];
let listed: readonly UnknownCall[];

const sum = <T>(rows: readonly T[], figure: (row: T) => number): number =>
  rows.reduce((total, row) => total + figure(row), 0);
const received = ({ lines }: ProviderBooks): number => sum(lines, (line) => line.received);

async function startEverything(): Promise<Record<string, string>> {
  folder = await createDataFolder();
  database = await createTestDatabase();
  provider = await startMockProvider();
  const environment = {
    RUNTIME: 'docker',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    AGENT_IMAGE: await buildLoadAgentImage(),
    DATABASE_URL: database.url,
    MODEL_UPSTREAM: 'http',
    ANTHROPIC_UPSTREAM_URL: provider.url,
    OPENAI_UPSTREAM_URL: provider.url,
    GOOGLE_UPSTREAM_URL: provider.url,
    RATE_LIMIT_REQUESTS: '10000',
    LOG_LEVEL: 'error',
  };
  server = await startServer({ dataDir: folder.path, environment });
  return environment;
}

/** Three AI agents of one instance, and one of another. */
async function loads(): Promise<LoadRun[]> {
  const { client } = server;
  const first = await createInstance(client, { start: false });
  for (const aiAgent of ['CODEX_CLI', 'GEMINI_CLI'])
    await configureAiAgent(client, { instanceId: first, aiAgent, apiKey: randomKey() });
  await startInstance(client, first);
  const second = await createInstance(client);
  const load = { calls: CALLS_OF_A_RUN, atOnce: AT_ONCE };
  return [
    { ...load, instanceId: first, aiAgent: 'CLAUDE_CODE' },
    { ...load, instanceId: first, aiAgent: 'CODEX_CLI' },
    { ...load, instanceId: first, aiAgent: 'GEMINI_CLI' },
    { ...load, instanceId: second, aiAgent: 'CLAUDE_CODE' },
  ];
}

async function killAndRestart(environment: Record<string, string>, receivedCalls: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (received(await provider.books()) < receivedCalls) {
    if (Date.now() > deadline) throw new Error(`the provider did not receive ${receivedCalls} calls in time`);
    await sleep(20);
  }
  const at = Date.now();
  await server.kill();
  server = await startServer({ dataDir: folder.path, environment });
  kills.push({ at, backAt: Date.now() });
}

const today = (): string => new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  const environment = await startEverything();
  const wanted = await loads();
  const firstDay = today();
  const started = await Promise.all(wanted.map((load) => startLoad(server, load)));
  for (const calls of KILLS_AT) await killAndRestart(environment, calls);
  runs = [];
  for (const { id } of started) runs.push(await awaitRun(server.client, id));
  tallies = await Promise.all(runs.map(({ id }) => tallyOf(folder.path, id)));
  for (const { id } of runs) await awaitNoContainer(id);
  books = await provider.books();
  // Closing writes what is left to the database; another start must add nothing to it.
  await server.stop();
  server = await startServer({ dataDir: folder.path, environment });
  const instances = [...new Set(wanted.map(({ instanceId }) => instanceId))];
  const ofEach = <T>(ask: (id: string) => Promise<readonly T[]>) => Promise.all(instances.map(ask));
  usage = (await ofEach((id) => usageByModel(server.client, id, firstDay, today()))).flat();
  listed = (await ofEach((id) => unknownCalls(server.client, id))).flat();
}, PATIENCE_MS + 30_000);

afterAll(async () => {
  await server?.stop();
  await provider?.close();
  await database?.close();
  await folder?.remove();
});

const print = (text: string) => void process.stdout.write(`\n${text}\n`);
const totalOf = (figure: Exclude<keyof UsageFigures, 'model' | 'errors'>): number => sum(usage, (row) => row[figure]);
const otherwise = () => tallies.flatMap((tally) => tally.otherwise);
const notArrived = () => otherwise().filter(({ tag }) => !(tag in books.timesReceived));

describe('10,000 model calls, 64 at once, through a server that is killed twice', () => {
  it('reach the provider once each, or broke at a kill', () => {
    const times = Object.values(books.timesReceived);
    expect(times.filter((count) => count !== 1)).toEqual([]);
    expect(times).toHaveLength(received(books));
    expect(received(books) + notArrived().length).toBe(4 * CALLS_OF_A_RUN);
    expect(sum(books.lines, (line) => line.received)).toBe(
      sum(
        ENDS.map((end) => endsInBooks(books.lines)[end]),
        Number,
      ),
    );
    for (const { became, at } of otherwise()) {
      expect(became).toMatch(/^(broken|answered 50[23])/);
      expect(kills.some((kill) => at >= kill.at && at <= kill.backAt + 5000)).toBe(true);
    }
  });

  it('are counted to the unit as the provider booked them, by end and class of error; those under way at a kill are UNKNOWN', () => {
    const booked = endsInBooks(books.lines);
    const counted = endsInUsage(usage);
    const seen = endsAtClients(tallies);
    const underWay = ENDS.map((end) => ({ end, calls: booked[end] - counted[end] }));
    const unknown = totalOf('unknownCount');
    const neverArrived = unknown - sum(underWay, ({ calls }) => calls);
    print(
      [
        'end        booked  counted  under way at a kill  seen by the clients',
        ...underWay.map(({ end, calls }) =>
          [end.padEnd(10), ...[booked[end], counted[end], calls, seen[end]].map((n) => String(n).padStart(8))].join(
            ' ',
          ),
        ),
        `received ${received(books)} + never arrived ${neverArrived} = counted ${totalOf('requestCount')} + UNKNOWN ${unknown}`,
      ].join('\n'),
    );

    for (const { calls } of underWay) expect(calls).toBeGreaterThanOrEqual(0);
    expect(received(books) + neverArrived).toBe(totalOf('requestCount') + unknown);
    expect(neverArrived).toBeGreaterThanOrEqual(0);
    expect(neverArrived).toBeLessThanOrEqual(notArrived().length);
    expect(unknown).toBeLessThanOrEqual(KILLS_AT.length * 4 * AT_ONCE);
    expect(unknown).toBeGreaterThan(0);
    expect(totalOf('errorCount')).toBe(counted['429'] + counted['500'] + counted.cut);
    expect(totalOf('limitedCount')).toBe(0);
    expect(sum(runs, (run) => run.usage.requestCount)).toBe(totalOf('requestCount'));
  });

  it('are listed by their ids when they are UNKNOWN, with the run that made them and when, at a kill', () => {
    expect(listed).toHaveLength(totalOf('unknownCount'));
    expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length);
    for (const { runId, startedAt } of listed) {
      expect(runs.map(({ id }) => id)).toContain(runId);
      const at = Date.parse(startedAt);
      expect(kills.some((kill) => at <= kill.at + 1000 && at > kill.at - UNDER_WAY_MS)).toBe(true);
    }
  });

  it('are counted at least as often as a client saw them end: no end that was seen is UNKNOWN', () => {
    for (const { model, counted } of completedByModel(books.lines, usage)) {
      const seen = sum(tallies, ({ asMeant }) => asMeant[`completed ${model}`] ?? 0);
      expect(counted.calls).toBeGreaterThanOrEqual(seen);
    }
    const seen = endsAtClients(tallies);
    for (const end of ['side', '429', '500'] as const)
      expect(endsInUsage(usage)[end]).toBeGreaterThanOrEqual(seen[end]);
  });

  it('have the tokens that the provider told, for every completed call', () => {
    const models = completedByModel(books.lines, usage);
    expect(models).toHaveLength(4 * 2 * 5);
    for (const { model, booked, counted } of models) {
      // All calls of a model are alike, so each call's tokens are known, whichever of them are UNKNOWN.
      const ofACall = (figures: ModelFigures) => TOKEN_FIGURES.map((figure) => figures[figure] / figures.calls);
      expect({ model, tokens: ofACall(counted) }).toEqual({ model, tokens: ofACall(booked) });
      expect(ofACall(booked).every(Number.isSafeInteger)).toBe(true);
      expect(counted.calls).toBeGreaterThan(0);
    }
    for (const figure of TOKEN_FIGURES) expect(sum(models, ({ counted }) => counted[figure])).toBeGreaterThan(0);
  });

  it('are PARTIAL when they were cut, by their client or by the provider, with the tokens known by then', () => {
    const { cut, left } = endsInUsage(usage);
    const seen = endsAtClients(tallies);
    const unknown = totalOf('unknownCount');
    expect(totalOf('partialCount')).toBe(cut + left);
    for (const [counted, atClients] of [
      [cut, seen.cut],
      [left, seen.left],
    ] as const) {
      expect(counted).toBeGreaterThanOrEqual(atClients - unknown);
      expect(counted).toBeGreaterThan(500);
    }
    for (const slow of usage.filter(({ model }) => model === 'mock-slow')) {
      expect(slow.partialCount).toBe(slow.requestCount);
      expect(slow.inputTokens).toBeGreaterThan(0);
    }
  });

  it('leave the four counts at 0', async () => {
    const booked = endsInBooks(books.lines);
    const counted = endsInUsage(usage);
    const lostCalls = received(books) - totalOf('requestCount') - totalOf('unknownCount');
    const doubledCalls = sum(ENDS, (end) => Math.max(0, counted[end] - booked[end]));
    const counts = {
      'lost or duplicated bytes of logs': sum(await Promise.all(runs.map(wrongLogBytes)), Number),
      'lost or doubled ends of runs': runs.filter(({ exitCode }) => exitCode !== 0).length,
      'lost or double-counted calls': Math.max(0, lostCalls) + doubledCalls,
      'containers left behind': (await Promise.all(runs.map(({ id }) => runContainers(id)))).flat().length,
    };
    print(
      Object.entries(counts)
        .map(([name, count]) => `${name}: ${count}`)
        .join('\n'),
    );
    expect(Object.values(counts)).toEqual([0, 0, 0, 0]);
  });
});

/** How many bytes the log differs by from what its agent printed; at least one when it is of the same length and another. */
async function wrongLogBytes({ id, log }: RunView, index: number): Promise<number> {
  const kept = await readFile(path.join(folder.path, 'artifacts', id, 'output', log.fileName));
  const { bytes, sha256: digest } = tallies[index]!.output;
  return sha256(kept) === digest ? 0 : Math.max(1, Math.abs(kept.length - bytes));
}
