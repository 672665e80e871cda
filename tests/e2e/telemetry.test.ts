// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitNoContainer, runContainers } from '../testkit/docker.js';
import { scrape, sumOf } from '../testkit/metrics.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { startTraceCollector, type CollectedSpan, type TraceCollector } from '../testkit/trace-collector.js';
import { awaitRun, createInstance, followOutput, randomKey, startTriage } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let collector: TraceCollector;
let server: TestServer;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = await createDataFolder();
  collector = await startTraceCollector();
  environment = {
    RUNTIME: 'docker',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    METRICS_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  };
  server = await startServer({ dataDir: folder.path, environment });
});

afterAll(async () => {
  await server?.stop();
  await collector?.close();
  await folder?.remove();
});

const SERVER = 2;
const INTERNAL = 1;
const CLIENT = 3;

/** The run's trace once it is whole: its run span is recorded at its end. */
async function traceOf(runId: string) {
  const ofRun = (): CollectedSpan[] => collector.spans.filter((span) => span.attributes['triaged.run.id'] === runId);
  const named = (start: string) => ofRun().filter(({ name }) => name.startsWith(start));
  await until(() => named('invoke_agent').length > 0 && named('container').length > 0, 15_000);
  const [mutation] = named('mutation');
  const [run] = named('invoke_agent');
  const [container] = named('container');
  return {
    all: ofRun(),
    mutation: mutation!,
    run: run!,
    container: container!,
    calls: ofRun().filter(({ kind }) => kind === CLIENT),
  };
}

describe('telemetry of a triage by the real Claude Code CLI in a container', () => {
  it('is one trace, from the mutation over run and container to each model call, and metrics that agree with it', async () => {
    const apiKey = randomKey();
    const instanceId = await createInstance(server.client, { apiKey });
    const prompt = 'What ails the checkout, then?';
    const { id } = await startTriage(server.client, { instanceId, prompt, incident: SAMPLE_INCIDENT });
    const stream = followOutput(server.client, id);
    await until(async () => sumOf((await scrape(server)).series, 'triaged_subscriptions') === 1);
    const output = await stream;
    const finished = await awaitRun(server.client, id);
    expect(finished.state).toBe('SUCCEEDED');

    const { all, mutation, run, container, calls } = await traceOf(id);
    expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(1);
    expect(mutation).toMatchObject({ name: 'mutation startTriage', kind: SERVER, failed: false });
    expect(mutation.parentSpanId).toBeUndefined();
    expect(run).toMatchObject({ name: 'invoke_agent CLAUDE_CODE', kind: INTERNAL, failed: false });
    expect(run.parentSpanId).toBe(mutation.spanId);
    expect(run.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.agent.name': 'CLAUDE_CODE',
      'gen_ai.request.model': 'claude-sonnet-4-20250514',
      'triaged.instance.id': instanceId,
      'triaged.run.state': 'SUCCEEDED',
    });
    expect(container).toMatchObject({ parentSpanId: run.spanId, kind: INTERNAL, failed: false });
    expect(container.attributes).toMatchObject({ 'container.runtime.name': 'docker', 'process.exit.code': 0 });
    expect(calls).toHaveLength(finished.usage.requestCount);
    expect(calls.map(({ parentSpanId }) => parentSpanId)).toEqual(calls.map(() => container.spanId));
    expect(new Set(all.map(({ spanId }) => spanId)).size).toBe(3 + calls.length);
    const total = (attribute: string) =>
      calls.reduce((sum, { attributes }) => sum + Number(attributes[attribute] ?? 0), 0);
    expect(total('gen_ai.usage.output_tokens')).toBe(finished.usage.outputTokens);
    expect(calls.filter(({ name }) => name.startsWith('chat claude')).length).toBeGreaterThan(2);
    // In the order of what happened, by the clocks of database and server, which are one machine's.
    for (const inner of [run, container, ...calls]) {
      expect(inner.start).toBeGreaterThanOrEqual(mutation.start - 5);
      expect(inner.end).toBeGreaterThanOrEqual(inner.start);
      expect(inner.end).toBeLessThanOrEqual(run.end + 5);
    }
    expect(container.start).toBeGreaterThan(run.start);

    const sent = collector.bodies.join('\n');
    expect(sent).not.toContain(apiKey);
    expect(sent).not.toContain('checkout');
    for (const line of output.bytes
      .toString()
      .split('\n')
      .filter((text) => text.length > 40))
      expect(sent).not.toContain(line);

    const { series, text } = await scrape(server);
    const ofClaude = { ai_agent: 'CLAUDE_CODE', provider: 'anthropic' };
    expect(sumOf(series, 'triaged_gateway_call_duration_seconds_count', { ...ofClaude, status: '2xx' })).toBe(
      calls.length,
    );
    expect(sumOf(series, 'triaged_provider_answer_seconds_count', { provider: 'anthropic' })).toBe(calls.length);
    expect(sumOf(series, 'triaged_model_tokens_total', { kind: 'output' })).toBe(finished.usage.outputTokens);
    expect(sumOf(series, 'triaged_run_log_bytes_total')).toBe(finished.log.bytes);
    expect(sumOf(series, 'triaged_runs_ended_total', { ai_agent: 'CLAUDE_CODE', state: 'SUCCEEDED' })).toBe(1);
    for (const secret of [id, instanceId, apiKey, 'claude-sonnet']) expect(text).not.toContain(secret);
    await awaitNoContainer(id);
  });

  it('stays one trace when the server is killed: the next one records run and container, once', async () => {
    const instanceId = await createInstance(server.client);
    const { id } = await startTriage(server.client, { instanceId, prompt: 'Wait for it.', incident: SAMPLE_INCIDENT });
    await followOutput(server.client, id, { stopAfter: 1 });
    await until(() => collector.spans.some((span) => span.attributes['triaged.run.id'] === id), 15_000);
    await server.kill();
    expect(await runContainers(id)).toHaveLength(1);
    server = await startServer({ dataDir: folder.path, environment });
    await awaitRun(server.client, id, ['RUNNING', 'SUCCEEDED']);
    await sleep(1_000);
    await server.client.ok('mutation ($id: ID!) { cancelTriage(id: $id) { state } }', { id });
    const { state } = await awaitRun(server.client, id);

    const { all, mutation, run, container } = await traceOf(id);
    expect(run.parentSpanId).toBe(mutation.spanId);
    expect(container.parentSpanId).toBe(run.spanId);
    expect(run.attributes['triaged.run.state']).toBe(state);
    expect(all.filter(({ kind }) => kind === INTERNAL)).toHaveLength(2);
    await awaitNoContainer(id);
  });

  it('keeps nobody waiting whose collector is away: the server says so once and ends in order', async () => {
    const data = await createDataFolder();
    const gone = { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
    const other = await startServer({ dataDir: data.path, environment: gone });
    try {
      const instanceId = await createInstance(other.client);
      const { id } = await startTriage(other.client, { instanceId, prompt: 'Look.', incident: SAMPLE_INCIDENT });
      expect((await awaitRun(other.client, id)).state).toBe('SUCCEEDED');
      await awaitNoContainer(id);
    } finally {
      expect(await other.stop()).toBe(0);
      expect((await other.output()).match(/the trace collector takes no spans/g)).toHaveLength(1);
      await data.remove();
    }
  });
});
