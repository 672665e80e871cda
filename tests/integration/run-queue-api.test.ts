import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { changeApiKeyFile } from '../../src/features/tenants/api-key-file.js';
import type { TestClient } from '../testkit/client.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { createInstance, START_TRIAGE } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

jest.setTimeout(60_000);

interface QueuedRun {
  readonly id: string;
  readonly state: string;
  readonly queuePosition: number | null;
}

describe('the queue over the API', () => {
  let server: TenantsServer;
  beforeAll(async () => {
    server = await startTenantsServer({
      tenants: ['acme', 'other'],
      environment: { MAX_CONCURRENT_RUNS: '1', MAX_QUEUED_RUNS: '2', RATE_LIMIT_REQUESTS: '10000' },
    });
  });
  afterAll(() => server.close());

  const inputOf = (instanceId: string) => ({
    ...{ instanceId, prompt: 'Why?' },
    incident: JSON.stringify({ fakeAgent: { lines: 1, hangSeconds: 60 } }),
  });
  const start = async (client: TestClient, instanceId: string): Promise<QueuedRun> => {
    const mutation = `mutation ($input: StartTriageInput!) { startTriage(input: $input) { id state queuePosition } }`;
    return (await client.ok<{ startTriage: QueuedRun }>(mutation, { input: inputOf(instanceId) })).startTriage;
  };
  const runs = async (client: TestClient): Promise<QueuedRun[]> => {
    const query = `{ triageRuns(limit: 10) { items { id state queuePosition } } }`;
    return (await client.ok<{ triageRuns: { items: QueuedRun[] } }>(query)).triageRuns.items;
  };

  it('shows places, refuses what is too much with 429, and follows the settings of a tenant', async () => {
    const admin = server.client('acme', 'ADMIN');
    const instanceId = await createInstance(admin);
    const first = await start(admin, instanceId);
    await until(async () => (await runs(admin)).every(({ state }) => state === 'RUNNING'));
    const [second, third] = [await start(admin, instanceId), await start(admin, instanceId)];
    expect([second.queuePosition, third.queuePosition]).toEqual([1, 2]);

    const refused = await admin.refused(START_TRIAGE, { input: inputOf(instanceId) });
    expect(refused).toMatchObject({ code: 'QUEUE_FULL', status: 429, details: { limit: 2, queued: 2 } });
    await changeApiKeyFile(server.keysFile, (file) => ({ ...file, tenants: { acme: { maxQueuedRuns: 3 } } }));
    await until(async () => (await admin.request(START_TRIAGE, { input: inputOf(instanceId) })).status === 200);
    expect((await admin.refused(START_TRIAGE, { input: inputOf(instanceId) })).details).toMatchObject({ limit: 3 });

    const places = (await runs(admin)).map(({ queuePosition }) => queuePosition);
    expect(places).toEqual([3, 2, 1, null]);
    const seen: QueuedRun[] = [];
    const following = (async () => {
      const subscription = `subscription ($id: ID!) { triageRunChanged(runId: $id) { state queuePosition } }`;
      const changes = admin.subscribe<{ triageRunChanged: QueuedRun }>(subscription, { id: third.id });
      for await (const { triageRunChanged: run } of changes) seen.push(run);
    })();
    await until(() => seen.length === 1);
    const cancel = (id: string) => admin.ok(`mutation ($id: ID!) { cancelTriage(id: $id) { state } }`, { id });
    await cancel(second.id);
    await until(() => seen.length === 2);

    // Another tenant's run comes next, though it waits the shortest; and its place is the first of its own.
    const other = server.client('other', 'ADMIN');
    const theirs = await start(other, await createInstance(other));
    expect(theirs.queuePosition).toBe(1);
    await cancel(first.id);
    await until(async () => (await runs(other)).every(({ state }) => state === 'RUNNING'));
    await cancel(third.id);
    await following;
    expect(seen).toEqual([
      { state: 'QUEUED', queuePosition: 2 },
      { state: 'QUEUED', queuePosition: 1 },
      { state: 'CANCELLED', queuePosition: null },
    ]);
  });
});
