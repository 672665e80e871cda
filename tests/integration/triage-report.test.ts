import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestClient } from '../testkit/client.js';
import { startTenantsServer, type TenantsServer } from '../testkit/tenants-server.js';
import { awaitRun, createInstance, followOutput, START_TRIAGE, startTriage } from '../testkit/triage.js';

const REPORT = `query ($id: ID!) { triageRun(id: $id) {
  state failure { code message } systemPrompt promptSent
  report { outcome summary rootCause { statement confidence }
    evidence { statement quote source citation { offset length } }
    ruledOut { cause because } recommendedActions { action command risk } missing }
  reportProblem { code path message } } }`;

const quoting = (...quotes: string[]) => ({
  schemaVersion: 1,
  outcome: 'ROOT_CAUSE_FOUND',
  summary: 'It is the second line.',
  rootCause: { statement: 'Line 2.', confidence: 'MEDIUM' },
  evidence: quotes.map((quote) => ({ statement: 'See.', quote, source: 'stdout' })),
  ruledOut: [{ cause: 'Line 1.', because: 'It came before.' }],
  recommendedActions: [{ action: 'Print less.', command: 'true', risk: 'LOW' }, { action: 'Rest.' }],
});

describe("a run's report", () => {
  let server: TenantsServer;
  let client: TestClient;
  let instanceId: string;
  beforeAll(async () => {
    server = await startTenantsServer({ tenants: ['acme'], environment: { RATE_LIMIT_REQUESTS: '10000' } });
    client = server.client('acme', 'ADMIN');
    instanceId = await createInstance(client);
  }, 120_000);
  afterAll(() => server.close());

  /** A run whose agent leaves this as its report; null: nothing. */
  async function reported(report: unknown) {
    const text = report === null || typeof report === 'string' ? report : JSON.stringify(report);
    const incident = JSON.stringify({ id: 'inc-1', fakeAgent: { lines: 3, bytesPerLine: 20, report: text } });
    const { id } = await startTriage(client, { instanceId, prompt: 'Why?', incident });
    await awaitRun(client, id);
    const { triageRun } = await client.ok<{ triageRun: Record<string, unknown> }>(REPORT, { id });
    return { id, run: triageRun };
  }

  it('is served whole, each quote with its place in the log or with none', async () => {
    const { id, run } = await reported(quoting('line 2 ', 'line 4 '));
    expect(run).toMatchObject({
      state: 'SUCCEEDED',
      reportProblem: null,
      report: {
        outcome: 'ROOT_CAUSE_FOUND',
        rootCause: { statement: 'Line 2.', confidence: 'MEDIUM' },
        evidence: [{ citation: { offset: 20, length: 7 } }, { quote: 'line 4 ', citation: null }],
        ruledOut: [{ cause: 'Line 1.', because: 'It came before.' }],
        recommendedActions: [
          { action: 'Print less.', command: 'true', risk: 'LOW' },
          { action: 'Rest.', command: null, risk: null },
        ],
        missing: [],
      },
    });
    const { bytes } = await followOutput(client, id, { fromOffset: 20, stopAfter: 7 });
    expect(bytes.toString()).toMatch(/^line 2 /);
  });

  it('may say that the cause is undetermined, which is a success', async () => {
    const undetermined = { schemaVersion: 1, outcome: 'UNDETERMINED', summary: 'No logs.', missing: ['Logs.'] };
    const { run } = await reported(undetermined);
    expect(run).toMatchObject({ state: 'SUCCEEDED', report: { rootCause: null, evidence: [], missing: ['Logs.'] } });
  });

  it.each([
    ['missing', null, 'NO_REPORT', { code: 'MISSING', path: null }],
    ['no JSON', 'All is well.', 'INVALID_REPORT', { code: 'INVALID', path: null }],
    ['found but empty', { ...quoting(), summary: ' ' }, 'INVALID_REPORT', { code: 'INVALID', path: 'summary' }],
    ['without evidence', quoting(), 'INVALID_REPORT', { code: 'INVALID', path: 'evidence' }],
  ])('fails the run when it is %s, and says why', async (_, report, code, problem) => {
    const { run } = await reported(report);
    expect(run).toMatchObject({ state: 'FAILED', failure: { code }, report: null, reportProblem: problem });
  });

  it('holds hostile text as plain data', async () => {
    const hostile = '</script><img src=x onerror=alert(1)>\u001b[2J\u202e${jndi:ldap://x} {"$ref":"#"}';
    const { run } = await reported({ ...quoting(hostile), summary: hostile });
    expect(run).toMatchObject({ state: 'SUCCEEDED', report: { summary: hostile, evidence: [{ quote: hostile }] } });
  });

  it('is kept of an agent that failed all the same, and is absent before the end', async () => {
    const incident = JSON.stringify({ fakeAgent: { exitCode: 3, hangSeconds: 2 } });
    const { id } = await startTriage(client, { instanceId, prompt: 'Why?', incident });
    const before = await client.ok<{ triageRun: object }>(REPORT, { id });
    expect(before.triageRun).toMatchObject({ report: null, reportProblem: null, promptSent: null });
    await awaitRun(client, id);
    const { triageRun } = await client.ok<{ triageRun: object }>(REPORT, { id });
    expect(triageRun).toMatchObject({ failure: { code: 'AGENT_FAILED' }, report: { outcome: 'UNDETERMINED' } });
  });

  it('is missing, with a word on why, of a run that was cancelled before it began', async () => {
    const incident = JSON.stringify({ fakeAgent: { hangSeconds: 60 } });
    const ask = () => startTriage(client, { instanceId, prompt: 'Why?', incident });
    // One more than are carried out at a time.
    const runs = [await ask(), await ask(), await ask(), await ask(), await ask()];
    for (const { id } of runs.reverse()) {
      await client.ok('mutation ($id: ID!) { cancelTriage(id: $id) { state } }', { id });
      await awaitRun(client, id);
    }
    const { triageRun } = await client.ok<{ triageRun: object }>(REPORT, { id: runs[0]!.id });
    expect(triageRun).toMatchObject({ state: 'CANCELLED', report: null, reportProblem: { code: 'MISSING' } });
  });

  it('has a published schema, served and committed, without a key', async () => {
    const response = await fetch(`${server.url}/schema/triage-report.schema.json`);
    expect(response.status).toBe(200);
    const committed = path.resolve(import.meta.dirname, '../../schema/triage-report.schema.json');
    expect(await response.json()).toEqual(JSON.parse(await readFile(committed, 'utf8')));
  });

  it('is asked for beside a system prompt of the run, which is kept and part of what an idempotency key stands for', async () => {
    const input = { instanceId, prompt: 'Why?', incident: '{}', idempotencyKey: 'k', systemPrompt: 'Be brief.' };
    const { id } = await startTriage(client, input);
    expect((await startTriage(client, input)).id).toBe(id);
    const { triageRun } = await client.ok<{ triageRun: object }>(REPORT, { id });
    expect(triageRun).toMatchObject({ systemPrompt: 'Be brief.' });
    const other = await client.refused(START_TRIAGE, { input: { ...input, systemPrompt: 'Be long.' } });
    expect(other).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', status: 409 });
    const long = { ...input, idempotencyKey: 'k2', systemPrompt: 'x'.repeat(10_001) };
    const refusal = await client.refused(START_TRIAGE, { input: long });
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'input.systemPrompt' } });
  });
});
