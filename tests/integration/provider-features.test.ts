import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { PROVIDER_FEATURE_NAMES } from '../../src/kernel/provider-features.js';
import { auditTrail } from '../testkit/audit.js';
import type { TestClient } from '../testkit/client.js';
import { callModel, type RunOnChannel } from '../testkit/model-calls.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { awaitRun, createInstance, getRun, randomKey, startTriage } from '../testkit/triage.js';

const UPDATE = `mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { name providerFeatures } }`;
const READ = `query ($id: ID!) { instance(id: $id) { providerFeatures } }`;
const ASKED = { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Why?' }] };
const SEARCH = JSON.stringify({ ...ASKED, tools: [{ type: 'web_search_20250305', name: 'web_search' }] });

let server: TenantsServer;
let admin: TestClient;

beforeAll(async () => {
  const environment = { RATE_LIMIT_REQUESTS: '100000', MAX_CONCURRENT_RUNS: '8' };
  server = await startTenantsServer({ tenants: ['acme', 'globex'], environment });
  admin = server.client('acme', 'ADMIN');
}, 120_000);
afterAll(() => server?.close());

async function set(instanceId: string, input: Record<string, unknown>): Promise<readonly string[]> {
  const answer = await admin.ok<{ updateInstance: { providerFeatures: string[] } }>(UPDATE, {
    input: { instanceId, ...input },
  });
  return answer.updateInstance.providerFeatures;
}

const read = async (id: string): Promise<readonly string[]> =>
  (await admin.ok<{ instance: { providerFeatures: string[] } }>(READ, { id })).instance.providerFeatures;

/** A run under way on an instance of its own, whose agent the test plays. */
async function playedRun(): Promise<RunOnChannel & { readonly instanceId: string }> {
  const apiKey = randomKey();
  const instanceId = await createInstance(admin, { apiKey });
  const incident = JSON.stringify({ fakeAgent: { lines: 1, hangSeconds: 300 } });
  const { id } = await startTriage(admin, { instanceId, prompt: 'Why?', incident });
  await awaitRun(admin, id, ['RUNNING']);
  return { instanceId, apiKey, runId: id, channelDir: path.join(server.servers[0]!.dataDir, 'ch') };
}

describe('what an instance lets providers do', () => {
  it('is nothing at first, is replaced as a whole, each feature once, and stays when it is left out', async () => {
    const id = await createInstance(admin);
    expect(await read(id)).toEqual([]);
    expect(await set(id, { providerFeatures: ['WEB_SEARCH', 'FILES', 'WEB_SEARCH'] })).toEqual(['FILES', 'WEB_SEARCH']);
    expect(await set(id, { name: `renamed ${id}` })).toEqual(['FILES', 'WEB_SEARCH']);
    expect(await set(id, { providerFeatures: null })).toEqual(['FILES', 'WEB_SEARCH']);
    expect(await read(id)).toEqual(['FILES', 'WEB_SEARCH']);
    expect(await set(id, { providerFeatures: PROVIDER_FEATURE_NAMES })).toHaveLength(PROVIDER_FEATURE_NAMES.length);
    expect(await set(id, { providerFeatures: [] })).toEqual([]);
    const events = await auditTrail(admin, { instanceId: id, action: 'INSTANCE_UPDATED' });
    const told = events.flatMap(({ details }) => details.filter(({ name }) => name === 'providerFeatures'));
    expect(told.map(({ value }) => value)).toEqual([
      ...['FILES WEB_SEARCH', [...PROVIDER_FEATURE_NAMES].sort().join(' '), ''],
    ]);
  });

  it.each(['OPERATOR', 'VIEWER'] as const)('is not for an %s to set', async (role) => {
    const instanceId = await createInstance(admin);
    const input = { instanceId, providerFeatures: ['WEB_SEARCH'] };
    expect(await server.client('acme', role).refused(UPDATE, { input })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await read(instanceId)).toEqual([]);
  });

  it('is not for another tenant to set, nor is there a feature of another name', async () => {
    const instanceId = await createInstance(admin);
    const globex = server.client('globex', 'ADMIN');
    const input = { instanceId, providerFeatures: ['WEB_SEARCH'] };
    expect(await globex.refused(UPDATE, { input })).toMatchObject({ code: 'FORBIDDEN' });
    const unknown = await admin.refused(UPDATE, { input: { instanceId, providerFeatures: ['EVERYTHING'] } });
    expect(unknown.message).toContain('input.providerFeatures[0]');
    expect(await read(instanceId)).toEqual([]);
  });

  it('holds from the next call of a run under way, in both directions; what is refused is an error of the run', async () => {
    const run = await playedRun();
    const search = async () => (await callModel(run, { body: SEARCH })).status;
    const refused = await callModel(run, { body: SEARCH });
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.body)).toEqual({
      type: 'error',
      error: { type: 'permission_error', message: expect.stringMatching(/`tools\[0\]\.type`.*WEB_SEARCH/) },
    });
    await set(run.instanceId, { providerFeatures: ['WEB_SEARCH'] });
    expect(await search()).toBe(200);
    await set(run.instanceId, { providerFeatures: ['WEB_FETCH'] });
    expect(await search()).toBe(403);
    expect((await callModel(run, { body: JSON.stringify(ASKED) })).status).toBe(200);
    await admin.ok('mutation ($id: ID!) { cancelTriage(id: $id) { id } }', { id: run.runId });
    await awaitRun(admin, run.runId);
    expect((await getRun(admin, run.runId)).usage).toMatchObject({ requestCount: 4, errorCount: 2 });
  });
});
