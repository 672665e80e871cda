// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, readdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { pino } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../src/adapters/embedded-postgres/index.js';
import { AI_AGENT_NAMES, type AiAgent } from '../../src/kernel/ai-agents.js';
import { docker, runContainers } from '../testkit/docker.js';
import { filesHolding } from '../testkit/files-holding.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, randomKey, startTriage } from '../testkit/triage.js';

const run = promisify(execFile);

let folder: Awaited<ReturnType<typeof createDataFolder>>;
/** What is to be searched beside the data folder. */
let evidence: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let engineFolder: string;
/** Every key that was given to the server. */
const keys: string[] = [];
/** What the server answered and what the engine told of its containers; kept beside the data folder, to be searched. */
const told: string[] = [];
/** Runs of which the engine's files told something while they lived: it was searched where the engine writes. */
const seenInEngine = new Set<string>();
/** Files of the engine that held a key while its run lived. */
const heldByEngine: string[] = [];

const engineFolders = (): string[] => ['containers', 'volumes'].map((name) => path.join(engineFolder, name));

beforeAll(async () => {
  folder = await createDataFolder();
  evidence = await createDataFolder();
  engineFolder = await docker('info', '--format', '{{.DockerRootDir}}');
  const environment = { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', LOG_LEVEL: 'trace' };
  server = await startServer({ dataDir: folder.path, environment: { ...environment, RATE_LIMIT_REQUESTS: '10000' } });
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
  await evidence?.remove();
});

const newKey = (mark = ''): string => {
  const key = `${randomKey()}${mark}`;
  keys.push(key);
  return key;
};

async function ask(query: string, variables: Record<string, unknown>): Promise<void> {
  const { status, data, errors } = await server.client.request(query, variables);
  told.push(JSON.stringify({ status, data, errors }));
}

/** Looks at the engine while a run lives: what it tells of its container, and what its files hold. */
async function watch(id: string, apiKey: string, ended: Promise<unknown>): Promise<void> {
  let lives = true;
  const stop = () => (lives = false);
  void ended.then(stop, stop);
  for (; lives; await sleep(500)) {
    const containers = await runContainers(id);
    const inspected = containers.map((container) => docker('inspect', container).catch(() => ''));
    told.push(...(await Promise.all(inspected)));
    for (const place of engineFolders()) {
      if ((await filesHolding(id, place)).length > 0) seenInEngine.add(id);
      heldByEngine.push(...(await filesHolding(apiKey, place)));
    }
  }
}

async function triage(instanceId: string, aiAgent: AiAgent, apiKey: string): Promise<void> {
  const incident = SAMPLE_INCIDENT;
  const { id } = await startTriage(server.client, { instanceId, aiAgent, prompt: 'Why?', incident, debug: true });
  const ended = awaitRun(server.client, id);
  await Promise.race([ended, watch(id, apiKey, ended)]);
  expect(await ended).toMatchObject({ state: 'SUCCEEDED' });
  const fields = 'state failure { message } promptSent report { summary } artifacts { name url }';
  await ask(`query ($id: ID!) { triageRun(id: $id) { ${fields} } }`, { id });
}

/** Everything that can be done with a key, well and badly. */
async function live(aiAgent: AiAgent): Promise<void> {
  const { client } = server;
  const [first, second] = [newKey(), newKey()];
  const instanceId = await createInstance(client, { aiAgent, apiKey: first });
  await triage(instanceId, aiAgent, first);
  const rotate = 'mutation ($input: RotateAiAgentKeyInput!) { rotateAiAgentKey(input: $input) { keyLastFour } }';
  await ask(rotate, { input: { instanceId, aiAgent, apiKey: second } });
  await client.ok('mutation ($id: ID!) { restartInstance(id: $id) { state } }', { id: instanceId });
  await triage(instanceId, aiAgent, second);
  await ask(rotate, { input: { instanceId, aiAgent, apiKey: newKey('\nsecond line') } });
  await ask(rotate, { input: { instanceId: 'no-id', aiAgent, apiKey: newKey() } });
  await ask(rotate, { input: { instanceId, aiAgent: newKey(), apiKey: 'x' } });
  await ask(rotate, { input: { instanceId, aiAgent, apiKey: { apiKey: newKey() } } });
  await ask(`mutation { rotateAiAgentKey(input: { apiKey "${newKey()}" }) { keyLastFour } }`, {});
  await ask('mutation ($input: ConfigureAiAgentInput!) { configureAiAgent(input: $input) { keyLastFour } }', {
    input: { instanceId, aiAgent, apiKey: newKey('invalid'), model: 'a model\u0000' },
  });
  await ask(rotate, { input: { instanceId, aiAgent, apiKey: newKey('invalid') } });
  const test = 'testAiAgentConnection(input: $input) { ok failure { message providerMessage } }';
  await ask(`mutation ($input: TestAiAgentConnectionInput!) { ${test} }`, { input: { instanceId, aiAgent } });
  await ask('mutation ($input: RevokeAiAgentKeyInput!) { revokeAiAgentKey(input: $input) { credentialState } }', {
    input: { instanceId, aiAgent },
  });
  await ask('{ instances { items { aiAgents { files { name content } credentials { fingerprint } } } } }', {});
}

/** What each row of each table holds, as text: the database's own files compress what is long. */
async function dumpDatabase(): Promise<number> {
  const logger = pino({ level: 'silent' });
  const postgres = await startEmbeddedPostgres({ directory: path.join(folder.path, 'postgres'), logger });
  const client = new pg.Client({ connectionString: postgres.url });
  try {
    await client.connect();
    const tables = await client.query<{ name: string }>(
      `SELECT oid::regclass AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    let rowCount = 0;
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`);
      await writeFile(path.join(evidence.path, `table-${name}`), rows.map(({ row }) => row).join('\n'));
      rowCount += rows.length;
    }
    return rowCount;
  } finally {
    await client.end();
    await postgres.close();
  }
}

/** What archives hold, where a search of files sees it. */
async function unpackArchives(): Promise<number> {
  const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const archives = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.tar.gz'));
  for (const [index, { parentPath, name }] of archives.entries()) {
    const to = path.join(evidence.path, `unpacked-${index}`);
    await mkdir(to);
    await run('tar', ['-xzf', path.join(parentPath, name), '-C', to]);
  }
  return archives.length;
}

describe("providers' keys", () => {
  it('are nowhere after all that can be done with them, by five real CLIs: not in database, data folder, logs, artifacts, engine, answers', async () => {
    await Promise.all(AI_AGENT_NAMES.map(live));
    await ask('{ auditEvents(limit: 100) { items { action details { name value } } } }', {});
    const database = await realpath(path.join(folder.path, 'postgres'));
    await server.stop();

    const rows = await dumpDatabase();
    expect(rows).toBeGreaterThan(20 * AI_AGENT_NAMES.length);
    expect(await filesHolding('CREDENTIAL_ROTATED', evidence.path)).toEqual([
      path.join(evidence.path, 'table-audit_events'),
    ]);
    expect(await unpackArchives()).toBe(2 * AI_AGENT_NAMES.length);
    await writeFile(path.join(evidence.path, 'told'), told.join('\n'));
    expect(told.filter((text) => text.includes('NetworkMode')).length).toBeGreaterThan(5);
    expect(seenInEngine.size).toBe(2 * AI_AGENT_NAMES.length);
    expect(heldByEngine).toEqual([]);
    const places = [folder.path, database, evidence.path, ...engineFolders()];
    expect(keys).toHaveLength(9 * AI_AGENT_NAMES.length);
    for (const key of keys) {
      for (const place of places) expect(await filesHolding(key.trim().split('\n')[0]!, place)).toEqual([]);
    }

    // The search sees what is there, in the database's files too.
    await writeFile(path.join(database, 'planted'), Buffer.from(`x${keys[0]}`).toString('base64'));
    expect(await filesHolding(keys[0]!, database)).toHaveLength(1);
  }, 600_000);
});
