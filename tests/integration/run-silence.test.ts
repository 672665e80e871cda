import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { callModel } from '../testkit/model-calls.js';
import { playedRun } from '../testkit/played-runs.js';
import { spendingBody } from '../testkit/spending-provider.js';
import { startTenantsServer } from '../testkit/tenants-server.js';
import type { TenantsServer } from '../testkit/tenants-server.js';
import { awaitRun, getRun } from '../testkit/triage.js';

jest.setTimeout(60_000);

describe('an agent that says nothing', () => {
  let server: TenantsServer;
  beforeAll(async () => {
    server = await startTenantsServer({ tenants: ['acme'], environment: { RUN_SILENCE_TIMEOUT: '2' } });
  });
  afterAll(() => server.close());

  it('is left alone while a model call of its is under way, and is ended when nothing is', async () => {
    const client = server.client('acme', 'ADMIN');
    const run = await playedRun(client, server.servers[0]!.dataDir);
    const leaving = new AbortController();
    const call = callModel(run, { body: spendingBody(16, 'mock-hang'), signal: leaving.signal });
    const left = expect(call).rejects.toThrow('aborted');
    await sleep(7_000);
    expect(await getRun(client, run.runId)).toMatchObject({ state: 'RUNNING' });
    leaving.abort();
    await left;
    const ended = await awaitRun(client, run.runId, ['FAILED'], 15);
    expect(ended.failure).toMatchObject({ code: 'SILENT' });
    expect(ended.failure!.message).toContain('2 s');
  });
});
