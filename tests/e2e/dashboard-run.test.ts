// needs: docker, chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { screenshot, TestBrowser } from '../testkit/browser.js';
import { awaitLog, savedBy, seenRows } from '../testkit/run-page.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, startScript } from '../testkit/shell-agent.js';
import { openTcpGate, type TcpGate } from '../testkit/tcp-gate.js';
import { awaitRun, createInstance, sha256 } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let gate: TcpGate;
let browser: TestBrowser;
let instanceId: string;

beforeAll(async () => {
  folder = await createDataFolder();
  const environment = {
    RUNTIME: 'docker',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    AGENT_IMAGE: await buildShellAgentImage(),
    RATE_LIMIT_REQUESTS: '10000',
  };
  server = await startServer({ dataDir: folder.path, environment });
  gate = await openTcpGate('127.0.0.1', Number(new URL(server.url).port));
  browser = await TestBrowser.start();
  instanceId = await createInstance(server.client);
});

afterAll(async () => {
  await browser?.close();
  await gate?.close();
  await server?.stop();
  await folder?.remove();
});

const start = async (script: string): Promise<string> => (await startScript(server.client, script, { instanceId })).id;
const open = (id: string, options = {}) =>
  browser.open(`http://127.0.0.1:${gate.port}/runs/${id}`, server.client.apiKey!, options);

/** As Claude Code prints it. */
const assistant = (...content: object[]): string => JSON.stringify({ type: 'assistant', message: { content } });
const result = (text: string): string =>
  JSON.stringify({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't', content: text }] } });
const print = (text: string): string => `echo ${Buffer.from(`${text}\n`).toString('base64')} | base64 -d`;

const logFile = async (id: string): Promise<Buffer> => {
  const { log } = await awaitRun(server.client, id);
  return readFile(path.join(folder.path, 'artifacts', id, 'output', log.fileName));
};

describe('the page of a run', () => {
  it('shows the log live, goes on without a gap after the socket was dropped, and ends with the run', async () => {
    const id = await start('for i in $(seq 1 300); do echo "line $i of three hundred"; sleep 0.05; done');
    const { page } = await open(id);
    await page.getByText('Running').first().waitFor();
    await awaitLog(page, 400);
    gate.shut();
    await page.getByText('The connection was lost.').waitFor();
    await screenshot(page, 'run-reconnecting');
    gate.open();
    await awaitLog(page, 'ended');
    const file = await logFile(id);
    expect((await seenRows(page)).findLast((row) => row !== '')).toBe('line 300 of three hundred');
    const { bytes } = await savedBy(page, 'Save');
    expect(sha256(bytes)).toBe(sha256(file));
    expect(await page.getByText('The connection was lost.').count()).toBe(0);
    await page.context().close();
  });

  it('cancels a run once that was confirmed', async () => {
    const id = await start('echo working; sleep 300');
    const { page } = await open(id);
    await awaitLog(page, 5);
    await page.getByRole('link', { name: 'Prompt', exact: true }).click();
    await page.getByText('is here once the run has ended').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Let it go on' }).click();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await screenshot(page, 'run-cancel');
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByText('Cancelled').first().waitFor();
    expect((await awaitRun(server.client, id)).state).toBe('CANCELLED');
    await page.getByRole('heading', { name: 'The prompt as it was sent' }).waitFor();
    const again = page.getByRole('link', { name: 'Run again' });
    expect(await again.getAttribute('href')).toBe(`/triage?again=${id}`);
    await page.context().close();
  });

  it('leads from the evidence of a report to its place in the log, and searches all of it', async () => {
    const report = {
      schemaVersion: 1,
      outcome: 'ROOT_CAUSE_FOUND',
      summary: 'The container cannot reach its database.',
      rootCause: { statement: 'The service has no endpoints.', confidence: 'HIGH' },
      evidence: [
        { statement: 'It is refused.', quote: 'dial tcp: "refused" at 250', source: 'kubectl logs' },
        { statement: 'Nobody saw this.', quote: 'a text that is nowhere', source: 'nothing' },
      ],
      recommendedActions: [{ action: 'Look at the service.', command: 'kubectl get endpoints', risk: 'LOW' }],
    };
    const steps = Array.from({ length: 90 }, (_, number) => 240 + number).map((step) =>
      [
        assistant({ type: 'text', text: `I look at pod ${step}.` }),
        assistant({ type: 'tool_use', id: 't', name: 'Bash', input: { command: `kubectl logs pod-${step}` } }),
        result(Array.from({ length: 12 }, (_each, line) => `${line} dial tcp: "refused" at ${step}`).join('\n')),
      ].join('\n'),
    );
    const id = await start(
      `${print(steps.join('\n'))}\n${print(assistant({ type: 'text', text: 'Done.' }))}\ncat > "$OUTPUT/report.json" <<'END'\n${JSON.stringify(report)}\nEND`,
    );
    await awaitRun(server.client, id);
    const { page, complaints } = await open(id);
    await page.getByRole('link', { name: 'Report' }).click();
    await page.getByText('Nobody saw this.').waitFor();
    expect(await page.getByText('Not in the log').count()).toBe(1);
    await screenshot(page, 'run-report');
    await page.getByRole('link', { name: 'Show in the log' }).click();
    await page.getByRole('button', { name: 'Events' }).click();
    await page.locator('.log-mark').waitFor();
    await page.locator('.log-row', { hasText: 'dial tcp: "refused" at 250' }).first().waitFor();
    await screenshot(page, 'run-citation');

    // Who reads on is not taken back to it when the page gets another width.
    await page.getByRole('button', { name: 'Jump to end' }).click();
    await page.setViewportSize({ width: 700, height: 900 });
    await page.waitForTimeout(2_000);
    expect(await page.getByRole('button', { name: 'Following' }).count()).toBe(1);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('region', { name: 'Log', exact: true }).press('Home');
    await page.getByRole('button', { name: 'Jump to end' }).waitFor();

    await page.keyboard.press('/');
    await page.keyboard.type('LOGS POD-3');
    await page.getByText(/^60$/).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 of 60').waitFor();
    await page.locator('.log-row mark', { hasText: 'logs pod-3' }).first().waitFor();
    await page.keyboard.press('Shift+Enter');
    await page.getByText('60 of 60').waitFor();
    await page.getByRole('button', { name: 'Terminal' }).click();
    await page.locator('.xterm-rows').waitFor();
    await page.getByText('60 of 60').waitFor();
    await screenshot(page, 'run-terminal');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('hands out what an agent left as a file, and runs nothing of it', async () => {
    const html = '<!doctype html><script>document.title = "owned"; fetch("/owned")</script>';
    const id = await start(`echo done; ${print(html)} > "$OUTPUT/page.html"`);
    await awaitRun(server.client, id);
    const { page, requested, complaints } = await open(id);
    await page.getByRole('link', { name: 'Artifacts' }).click();
    const { bytes, name } = await savedBy(page, 'Download output/page.html');
    expect(name).toBe('page.html');
    expect(bytes.toString('utf8')).toBe(`${html}\n`);
    await screenshot(page, 'run-artifacts');
    expect(await page.title()).toContain('triaged');
    expect(page.context().pages()).toHaveLength(1);
    expect(requested.filter((url) => url.endsWith('/owned'))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
