// needs: docker
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { awaitNoContainer } from '../testkit/docker.js';
import { SAMPLE_INCIDENT } from '../testkit/samples.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import {
  awaitRun,
  createInstance,
  followOutput,
  getReport,
  randomKey,
  sha256,
  START_TRIAGE,
  startTriage,
} from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await createDataFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '' },
  });
});

afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

describe('a triage by the real Claude Code CLI in a container', () => {
  it('streams live, executes its tool calls, ends SUCCEEDED and leaves log, prompt and report', async () => {
    const apiKey = randomKey();
    const instanceId = await createInstance(server.client, { apiKey });
    const started = await startTriage(server.client, {
      instanceId,
      prompt: 'What is wrong with checkout?',
      incident: SAMPLE_INCIDENT,
    });
    expect(started).toMatchObject({ runtime: 'DOCKER', modelUpstream: 'MOCK' });
    // A worker may have taken it up before the answer was read.
    expect(['QUEUED', 'PREPARING']).toContain(started.state);

    const output = await followOutput(server.client, started.id);
    const run = await awaitRun(server.client, started.id);

    expect(run).toMatchObject({
      state: 'SUCCEEDED',
      exitCode: 0,
      failure: null,
      log: { complete: true, truncated: false, bytes: output.bytes.length },
    });
    const events = output.bytes
      .toString()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { type: string; is_error?: boolean });
    expect(events.at(-1)).toMatchObject({ type: 'result', is_error: false });
    expect(output.bytes.toString()).toContain('tool_use');

    expect(run.usage.requestCount).toBeGreaterThanOrEqual(4);
    expect(run.usage.errorCount).toBe(0);
    expect(run.usage.inputTokens).toBeGreaterThan(0);
    expect(run.usage.outputTokens).toBeGreaterThan(0);

    const artifact = (name: string) => readFile(path.join(folder.path, 'artifacts', run.id, name));
    const names = run.artifacts.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'workspace/incident.json',
        'workspace/prompt-sent.md',
        'output/report.md',
        `output/${run.log.fileName}`,
      ]),
    );
    expect(run.log.fileName).toMatch(/^triage_claude_\d{8}_\d{6}\.log$/);
    expect(await artifact('workspace/incident.json')).toEqual(Buffer.from(SAMPLE_INCIDENT));
    expect(sha256(await artifact(`output/${run.log.fileName}`))).toBe(sha256(output.bytes));
    const prompt = (await artifact('workspace/prompt-sent.md')).toString();
    expect(prompt).toContain('What is wrong with checkout?');
    expect(prompt.match(/<\/incident>/g)).toHaveLength(1);
    expect((await artifact('output/report.md')).toString()).toContain('CrashLoopBackOff');

    const { promptSent, report } = await getReport(server.client, run.id);
    expect(promptSent).toBe(prompt);
    const evidence = report?.evidence ?? [];
    expect(evidence.length).toBeGreaterThan(0);
    for (const { quote, citation } of evidence) {
      const cited = output.bytes.subarray(citation!.offset, citation!.offset + citation!.length).toString();
      expect([
        quote,
        JSON.stringify(quote).slice(1, -1),
        JSON.stringify(JSON.stringify(quote).slice(1, -1)).slice(1, -1),
      ]).toContain(cited);
    }
    await awaitNoContainer(run.id);
  });

  it('is cancelled on request: the container is stopped and removed, the end recorded as CANCELLED', async () => {
    const instanceId = await createInstance(server.client);
    const { id } = await startTriage(server.client, { instanceId, prompt: 'Wait for it.', incident: SAMPLE_INCIDENT });
    await followOutput(server.client, id, { stopAfter: 1 });
    await server.client.ok('mutation ($id: ID!) { cancelTriage(id: $id) { state } }', { id });
    const run = await awaitRun(server.client, id);
    expect(run.state).toBe('CANCELLED');
    await awaitNoContainer(id);
  });

  it('is refused with RUNTIME_UNAVAILABLE and what to do when the image is missing, and leaves no run', async () => {
    const data = await createDataFolder();
    const environment = {
      RUNTIME: 'docker',
      DOCKER_HOST: process.env.DOCKER_HOST ?? '',
      AGENT_IMAGE: 'no-such-image:1',
    };
    const other = await startServer({ dataDir: data.path, environment });
    try {
      const input = { instanceId: await createInstance(other.client), prompt: 'Look.', incident: SAMPLE_INCIDENT };
      const refusal = await other.client.refused(START_TRIAGE, { input });
      expect(refusal).toMatchObject({ code: 'RUNTIME_UNAVAILABLE', status: 503 });
      expect(refusal.message).toMatch(/npm run image/);
      expect(await other.client.ok('{ triageRuns { totalCount } }')).toEqual({ triageRuns: { totalCount: 0 } });
    } finally {
      await other.stop();
      await data.remove();
    }
  });
});
