// needs: docker, chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { screenshot, TestBrowser, type OpenedPage } from '../testkit/browser.js';
import { awaitLog } from '../testkit/run-page.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, startScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance } from '../testkit/triage.js';

const MARKUP =
  '<img src=/owned onerror=alert(1)><script>fetch("/owned");alert(1)</script><a id=owned href="javascript:alert(1)">x</a>' +
  '<iframe src=/owned></iframe><svg onload=alert(1)><style>*{display:none}</style><base href=//example.test>';
const ESCAPES =
  '\x1b]52;c;b3duZWQ=\x07\x1b]0;owned\x07\x1b]2;owned\x1b\\\x1b]8;;http://example.test/owned\x07link\x1b]8;;\x07' +
  '\x1b[2J\x1b[3J\x1b[6n\x1b[c\x1b]11;?\x07\x1b]1337;File=inline=1:AAAA\x07\x1bPq#0;2;0;0;0\x1b\\\x1b[?1049h\x9b2J\x1b[5;8mhidden\x1b[0m\x07\u202eowned';
const JSON_BOMBS = [
  `{"type":"assistant","message":{"content":[{"type":"tool_use","name":"Bash","input":${'['.repeat(20_000)}${']'.repeat(20_000)}}]}}`,
  '{"type":"assistant","message":{"content":[{"type":"tool_use","name":"x","input":{"__proto__":{"owned":true}}}]}}',
  '{"type":"result","subtype":{"toString":1},"result":{"a":1},"usage":{"input_tokens":1e999}}',
  '{"type":"assistant","message":{"content":[null,1,{"type":"text"},{"type":"text","text":{"html":"x"}}]}}',
];
const asText = (text: string): string =>
  JSON.stringify({ type: 'assistant', message: { content: [{ type: 'text', text }] } });
const LINES = [MARKUP, ESCAPES, asText(MARKUP), asText(ESCAPES), ...JSON_BOMBS, 'the last line'];

const REPORT = {
  schemaVersion: 1,
  outcome: 'ROOT_CAUSE_FOUND',
  summary: MARKUP,
  rootCause: { statement: `javascript:alert(1) ${MARKUP}`, confidence: 'LOW' },
  evidence: [{ statement: MARKUP, quote: 'the last line', source: MARKUP }],
  recommendedActions: [{ action: MARKUP, command: 'kubectl get pods \u202e; rm -rf', risk: 'HIGH' }],
};

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let browser: TestBrowser;
let watched: OpenedPage;

beforeAll(async () => {
  folder = await createDataFolder();
  const environment = {
    RUNTIME: 'docker',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    AGENT_IMAGE: await buildShellAgentImage(),
    RATE_LIMIT_REQUESTS: '10000',
  };
  server = await startServer({ dataDir: folder.path, environment });
  browser = await TestBrowser.start();
  const instanceId = await createInstance(server.client);
  const put = (text: string) => `base64 -d <<'END'\n${Buffer.from(text).toString('base64')}\nEND`;
  const script = [
    put(`${LINES.join('\n')}\n`),
    put(JSON.stringify(REPORT)).replace('base64 -d', 'base64 -d > "$OUTPUT/report.json"'),
    'echo x > "$OUTPUT/<img src=x onerror=alert(1)>.html"',
  ].join('\n');
  const { id } = await startScript(server.client, script, { instanceId });
  await awaitRun(server.client, id);
  watched = await browser.open(`${server.url}/runs/${id}?view=log`, server.client.apiKey!);
  await watched.context.grantPermissions(['clipboard-read', 'clipboard-write']);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await folder?.remove();
});

/** What an attacker would have changed. */
async function expectUntouched(): Promise<void> {
  const { page, requested, complaints } = watched;
  await sleep(500);
  expect(complaints).toEqual([]);
  expect(await page.title()).toMatch(/^Run .* · triaged$/);
  expect(page.context().pages()).toHaveLength(1);
  expect(
    await page.locator('#owned, iframe, #content script, #content base, #content style:not(.xterm style)').count(),
  ).toBe(0);
  const origin = new URL(server.url).host;
  expect(requested.filter((url) => new URL(url).host !== origin || url.includes('owned'))).toEqual([]);
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('mine');
  expect(await page.evaluate('({}).owned')).toBeUndefined();
}

describe('a log, a report and artifacts of an attacker', () => {
  it.each(['Terminal', 'Events', 'Raw bytes'])('show as %s, and do nothing else', async (mode) => {
    const { page } = watched;
    await page.bringToFront();
    await page.evaluate("navigator.clipboard.writeText('mine')");
    await page.getByRole('button', { name: mode }).click();
    await awaitLog(page, 'ended');
    await page.getByRole('region', { name: 'Log', exact: true }).press('End');
    await page.getByText('the last line').first().waitFor();
    await screenshot(page, `run-hostile-${mode.split(' ')[0]!.toLowerCase()}`);
    await expectUntouched();
  });

  it('show every part as text in report, prompt and artifacts', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'Report' }).click();
    await page.getByText('<img src=/owned').first().waitFor();
    expect(await page.locator('.report-command pre').textContent()).toContain('<U+202E>');
    await screenshot(page, 'run-hostile-report');
    await expectUntouched();
    await page.getByRole('link', { name: 'Prompt' }).click();
    await page.getByText('Incident', { exact: true }).waitFor();
    await expectUntouched();
    await page.getByRole('link', { name: 'Artifacts' }).click();
    await page.getByText('<img src=x onerror=alert(1)>.html').waitFor();
    await expectUntouched();
  });
});
