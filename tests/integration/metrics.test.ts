import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scrape, sumOf } from '../testkit/metrics.js';
import type { TestServer } from '../testkit/server.js';
import { startTenantsServer, type TenantsServer } from '../testkit/tenants-server.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

let rig: TenantsServer;
let server: TestServer;
beforeAll(async () => {
  const environment = { METRICS_PORT: '0', RATE_LIMIT_REQUESTS: '24', MAX_CONCURRENT_RUNS: '1' };
  rig = await startTenantsServer({ tenants: ['acme-incorporated', 'other'], environment });
  server = rig.servers[0]!;
});
afterAll(() => rig?.close());

describe('the metrics of a server', () => {
  it('tell of runs, queue, sockets, requests, refusals and connections, and of no tenant', async () => {
    const client = rig.client('acme-incorporated', 'ADMIN');
    const instanceId = await createInstance(client);
    const incident = (seconds: number) =>
      JSON.stringify({ id: 'i', fakeAgent: { lines: 20 * seconds, linesPerSecond: 20 } });
    const first = await startTriage(client, { instanceId, prompt: 'one', incident: incident(4) });
    await until(async () => sumOf((await scrape(server)).series, 'triaged_runs', { state: 'RUNNING' }) === 1);
    await startTriage(client, { instanceId, prompt: 'two', incident: incident(1) });
    const output = client.subscribe('subscription ($id: ID!) { triageRunChanged(runId: $id) { state } }', {
      id: first.id,
    });
    await output.next();

    const { series: before } = await scrape(server);
    expect(before.get('triaged_runs{state="QUEUED"}')).toBe(1);
    expect(before.get('triaged_runs{state="RUNNING"}')).toBe(1);
    expect(before.get('triaged_run_queue_oldest_seconds')).toBeGreaterThan(0);
    expect(before.get('triaged_sockets')).toBe(1);
    expect(before.get('triaged_subscriptions')).toBe(1);
    expect(sumOf(before, 'triaged_database_connections', { pool: 'worker' })).toBeGreaterThan(0);
    expect(before.get('triaged_database_waiting{pool="app"}')).toBe(0);

    await output.return?.();
    await awaitRun(client, first.id);
    for (let index = 0; index < 24; index += 1) await client.request('{ instances { totalCount } }');
    await until(async () => sumOf((await scrape(server)).series, 'triaged_runs') === 0, 20_000);

    const { series, text } = await scrape(server);
    expect(sumOf(series, 'triaged_runs_ended_total', { ai_agent: 'CLAUDE_CODE' })).toBe(2);
    expect(series.get('triaged_run_queue_wait_seconds_count')).toBe(2);
    expect(series.get('triaged_run_queue_oldest_seconds')).toBe(0);
    expect(series.get('triaged_run_log_bytes_total')).toBeGreaterThan(100);
    expect(series.get('triaged_subscriptions')).toBe(0);
    expect(series.get('triaged_quota_refusals_total{reason="used_up"}')).toBeGreaterThan(0);
    const requests = 'triaged_http_request_duration_seconds_count';
    expect(sumOf(series, requests, { route: 'graphql', status: '2xx' })).toBeGreaterThan(5);
    expect(sumOf(series, requests, { route: 'graphql', status: '4xx' })).toBe(
      series.get('triaged_quota_refusals_total{reason="used_up"}'),
    );
    for (const word of ['acme', instanceId, first.id, 'claude-sonnet']) expect(text).not.toContain(word);
  });

  it('are not there unless they are asked for, and not at the port that clients have', async () => {
    expect(rig.servers[0]!.metricsPort).toBeGreaterThan(0);
    expect((await fetch(`${rig.url}/metrics`)).status).toBe(404);
  });
});
