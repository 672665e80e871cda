import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WebSocket } from 'ws';
import { TestClient } from '../testkit/client.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import {
  awaitRun,
  createInstance,
  followOutput,
  startInstance,
  START_TRIAGE,
  startTriage,
  TRIAGE_OUTPUT,
  TRIAGE_RUN,
} from '../testkit/triage.js';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/** A key of a tenant as an operator would have put it into the registry. */
function registeredKey(tenantId: string, role: string): { key: string; entry: object } {
  const id = `tri_${randomBytes(4).toString('hex')}`;
  const key = `${id}_${randomBytes(32).toString('base64url')}`;
  const sha256 = createHash('sha256').update(key).digest('hex');
  return { key, entry: { id, sha256, tenantId, role, createdAt: new Date().toISOString() } };
}

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let client: TestClient;
let stranger: TestClient;
let instanceId: string;

beforeAll(async () => {
  folder = await createDataFolder();
  const own = registeredKey('acme', 'ADMIN');
  const foreign = registeredKey('globex', 'ADMIN');
  const keysFile = path.join(folder.path, 'keys.json');
  await writeFile(keysFile, JSON.stringify({ keys: [own.entry, foreign.entry] }), { mode: 0o600 });
  const environment = { RUNTIME: 'fake', API_KEYS_FILE: keysFile, RATE_LIMIT_REQUESTS: '10000' };
  server = await startServer({ dataDir: folder.path, environment });
  client = new TestClient(server.url, own.key);
  stranger = new TestClient(server.url, foreign.key);
  instanceId = await createInstance(client);
});

afterAll(async () => {
  await client?.close();
  await stranger?.close();
  await server?.stop();
  await folder?.remove();
});

const totalRuns = async () =>
  (await client.ok<{ triageRuns: { totalCount: number } }>('{ triageRuns { totalCount } }')).triageRuns.totalCount;

/** What a refused call must not have left behind. */
async function traces(): Promise<object> {
  const list = (name: string) => readdir(path.join(folder.path, name)).catch(() => []);
  return {
    runs: await totalRuns(),
    logs: await list('run-logs'),
    artifacts: await list('artifacts'),
    channels: await list('ch'),
  };
}

const valid = () => ({ instanceId, prompt: 'Find the cause.', incident: SAMPLE_INCIDENT });

describe('startTriage', () => {
  it.each<[string, () => Record<string, unknown>, string, RegExp]>([
    ['malformed incident JSON', () => ({ incident: '{"title": "x",}' }), 'BAD_USER_INPUT', /JSON.*(line|position)/i],
    ['an incident that is no object', () => ({ incident: '[1]' }), 'BAD_USER_INPUT', /object/i],
    [
      'an incident over 256 KiB',
      () => ({ incident: JSON.stringify({ x: 'y'.repeat(256 * 1024) }) }),
      'BAD_USER_INPUT',
      /256 KiB/,
    ],
    ['a prompt over 10,000 characters', () => ({ prompt: '🦉'.repeat(10_001) }), 'BAD_USER_INPUT', /10,?000/],
    ['an empty prompt', () => ({ prompt: ' \n ' }), 'BAD_USER_INPUT', /prompt/i],
    ['an unknown instance', () => ({ instanceId: UNKNOWN }), 'NOT_FOUND', /instance/i],
    ['an id that is no UUID', () => ({ instanceId: 'inst-001' }), 'BAD_USER_INPUT', /UUID/],
    ['a timeout of zero', () => ({ timeoutSeconds: 0 }), 'BAD_USER_INPUT', /timeoutSeconds/],
    ['a memory that is no size', () => ({ memory: 'lots' }), 'BAD_USER_INPUT', /memory/],
    ['an AI agent that is not configured', () => ({ aiAgent: 'GOOSE' }), 'AI_AGENT_NOT_CONFIGURED', /GOOSE/],
  ])('refuses %s with its code, says what to do, and leaves nothing behind', async (_what, change, code, message) => {
    const before = await traces();
    const refusal = await client.refused(START_TRIAGE, { input: { ...valid(), ...change() } });
    expect(refusal.code).toBe(code);
    expect(refusal.message).toMatch(message);
    expect(await traces()).toEqual(before);
  });

  it('takes a prompt of exactly 10,000 characters, counted as code points', async () => {
    const run = await startTriage(client, { ...valid(), prompt: '🦉'.repeat(10_000) });
    expect(await awaitRun(client, run.id)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('refuses a stopped instance with INSTANCE_NOT_RUNNING', async () => {
    const stopped = await createInstance(client, { start: false });
    const before = await traces();
    const refusal = await client.refused(START_TRIAGE, { input: { ...valid(), instanceId: stopped } });
    expect(refusal).toMatchObject({ code: 'INSTANCE_NOT_RUNNING', status: 400 });
    expect(refusal.message).toMatch(/startInstance/);
    expect(await traces()).toEqual(before);
  });

  it('refuses an AI agent that the started instance has not configured, and says how to configure it', async () => {
    const { createInstance: bare } = await client.ok<{ createInstance: { id: string } }>(
      'mutation { createInstance(input: { name: "bare" }) { id } }',
    );
    await startInstance(client, bare.id);
    const refusal = await client.refused(START_TRIAGE, { input: { ...valid(), instanceId: bare.id } });
    expect(refusal).toMatchObject({ code: 'AI_AGENT_NOT_CONFIGURED', status: 400 });
    expect(refusal.message).toMatch(/configureAiAgent/);
  });

  it("refuses another tenant's instance with FORBIDDEN, 403", async () => {
    expect(await stranger.refused(START_TRIAGE, { input: valid() })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
  });
});

describe('a run', () => {
  it('that is unknown is NOT_FOUND, 404, to read, to cancel and to follow', async () => {
    expect(await client.refused(TRIAGE_RUN, { id: UNKNOWN })).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    const cancel = 'mutation ($id: ID!) { cancelTriage(id: $id) { id } }';
    expect(await client.refused(cancel, { id: UNKNOWN })).toMatchObject({ code: 'NOT_FOUND', status: 404 });
    await expect(followOutput(client, UNKNOWN)).rejects.toThrow('NOT_FOUND');
  });

  it('of another tenant is FORBIDDEN, 403, to read, to cancel and to follow', async () => {
    const { id } = await startTriage(client, valid());
    expect(await stranger.refused(TRIAGE_RUN, { id })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    const cancel = 'mutation ($id: ID!) { cancelTriage(id: $id) { id } }';
    expect(await stranger.refused(cancel, { id })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    await expect(followOutput(stranger, id)).rejects.toThrow('FORBIDDEN');
    await awaitRun(client, id);
  });

  it('that has ended refuses an offset past its end and names its size', async () => {
    const { id } = await startTriage(client, valid());
    const run = await awaitRun(client, id);
    expect((await followOutput(client, id, { fromOffset: run.log.bytes })).bytes).toHaveLength(0);
    await expect(followOutput(client, id, { fromOffset: run.log.bytes + 1 })).rejects.toThrow(String(run.log.bytes));
    await expect(followOutput(client, id, { fromOffset: -1 })).rejects.toThrow(/BAD_USER_INPUT|ByteOffset/);
  });
});

describe('a caller', () => {
  it.each([
    ['no key', undefined],
    ['a wrong key', `tri_00000000_${'A'.repeat(43)}`],
  ])('with %s gets 401 over HTTP and 4401 on a socket', async (_what, key) => {
    const caller = new TestClient(server.url, key);
    expect(await caller.refused('{ __typename }')).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.once('open', () => {
      socket.send(JSON.stringify({ type: 'connection_init', payload: key ? { 'X-API-KEY': key } : {} }));
      socket.send(
        JSON.stringify({
          id: '1',
          type: 'subscribe',
          payload: { query: TRIAGE_OUTPUT, variables: { runId: UNKNOWN, fromOffset: 0 } },
        }),
      );
    });
    expect(await closed).toBe(4401);
  });
});

describe('a key that stands in the wrong place', () => {
  const key = 'sk-ant-api03-misplaced-0123456789abcdef';
  const ROTATE = 'mutation ($input: RotateAiAgentKeyInput!) { rotateAiAgentKey(input: $input) { keyLastFour } }';
  it.each<[string, string, Record<string, unknown>?]>([
    ["an AI agent's name", ROTATE, { input: { instanceId: UNKNOWN, aiAgent: key, apiKey: 'x' } }],
    ['an id', ROTATE, { input: { instanceId: key, aiAgent: 'GOOSE', apiKey: 'x' } }],
    ['text, as an object', ROTATE, { input: { instanceId: UNKNOWN, aiAgent: 'GOOSE', apiKey: { apiKey: key } } }],
    ['a document, without its colon', `mutation { rotateAiAgentKey(input: { apiKey "${key}" }) { keyLastFour } }`],
    ['a document, in a list', `mutation { rotateAiAgentKey(input: { apiKey: ["${key}"] }) { keyLastFour } }`],
    ['a document, as a name', `mutation { rotateAiAgentKey(input: { aiAgent: "${key}" }) { keyLastFour } }`],
    ["a field's name", ROTATE, { input: { instanceId: UNKNOWN, aiAgent: 'GOOSE', [key]: 'x' } }],
  ])('is not echoed: %s', async (...[_what, query, variables = {}]) => {
    const { status, errors } = await client.request(query, variables);
    expect(status).toBe(400);
    expect(errors?.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toContain(key);
  });
});

describe('a runtime that cannot run anything', () => {
  it('is RUNTIME_UNAVAILABLE, 503, with what to do, and no run is written', async () => {
    const data = await createDataFolder();
    const environment = { RUNTIME: 'docker', DOCKER_HOST: `unix://${data.path}/no-engine.sock` };
    const away = await startServer({ dataDir: data.path, environment });
    try {
      const id = await createInstance(away.client);
      const refusal = await away.client.refused(START_TRIAGE, { input: { ...valid(), instanceId: id } });
      expect(refusal).toMatchObject({ code: 'RUNTIME_UNAVAILABLE', status: 503 });
      expect(refusal.message).toMatch(/DOCKER_HOST|engine/);
      expect(await away.client.ok('{ triageRuns { totalCount } }')).toEqual({ triageRuns: { totalCount: 0 } });
      // The server's own socket, of its journal, lies there as well.
      const channels = (await readdir(path.join(data.path, 'ch'))).filter((name) => !name.endsWith('.u'));
      expect(channels).toEqual([]);
    } finally {
      await away.stop();
      await data.remove();
    }
  });
});
