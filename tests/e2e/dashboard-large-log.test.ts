// needs: docker, chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { screenshot, TestBrowser } from '../testkit/browser.js';
import { awaitLog, longestTask, seenRows } from '../testkit/run-page.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { buildShellAgentImage, startScript } from '../testkit/shell-agent.js';
import { awaitRun, createInstance } from '../testkit/triage.js';

const STEPS = 60_000;
const LONGEST_TASK_MS = 100;
const MIB = 1024 * 1024;

/** Some 50 MB as Claude Code prints them: a text, a tool call, and its result of ten lines. */
const SCRIPT = String.raw`awk 'BEGIN { for (n = 0; n < ${STEPS}; n++) {
  printf "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"Step %d: I look at its events.\"}]}}\n", n
  printf "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\",\"id\":\"t%d\",\"name\":\"Bash\",\"input\":{\"command\":\"kubectl describe pod checkout-%d\"}}]}}\n", n, n
  printf "{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t%d\",\"content\":\"", n
  for (l = 0; l < 10; l++) printf "Warning  BackOff  %d of %d: restarting the failed container\\n", l, n
  printf "\"}]}}\n"
} }'`;

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let browser: TestBrowser;
let runId: string;
let page: Page;

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
  const { id } = await startScript(server.client, SCRIPT, { instanceId });
  const run = await awaitRun(server.client, id);
  expect(run.log.bytes).toBeGreaterThan(50_000_000);
  runId = id;
  ({ page } = await browser.open(server.url, server.client.apiKey!));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await folder?.remove();
});

/** Of the process that draws the page, its worker included. */
async function residentBytes(): Promise<number> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(async ({ id }) => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${id}/status`, 'utf8'))?.[1]) * 1024);
  return Math.max(...(await Promise.all(sizes)));
}

async function scrollThrough(): Promise<void> {
  const log = page.locator('.log-scroller');
  for (let part = 0; part <= 40; part += 1) {
    await page.evaluate(
      `(() => { const log = document.querySelector('.log-scroller'); log.scrollTop = (log.scrollHeight * ${part}) / 40; })()`,
    );
    await sleep(30);
  }
  await log.hover();
  for (let turn = 0; turn < 20; turn += 1) await page.mouse.wheel(0, -400);
}

const laidOut = (): Promise<void> => page.getByText('% laid out').waitFor({ state: 'hidden', timeout: 60_000 });

async function expectNoFreeze(work: () => Promise<void>): Promise<void> {
  expect(await longestTask(page, work)).toBeLessThanOrEqual(LONGEST_TASK_MS);
}

describe('a log of 50 MB', () => {
  it('is read without keeping the page busy', async () => {
    await expectNoFreeze(async () => {
      await page.goto(`${server.url}/runs/${runId}?view=log`);
      await awaitLog(page, 'ended', 120);
      await laidOut();
    });
    await page.getByRole('button', { name: 'Jump to end' }).click();
    await page.locator('.xterm-rows', { hasText: `9 of ${STEPS - 1}: restarting` }).waitFor();
  });

  it.each(['Terminal', 'Events', 'Raw bytes'])('scrolls as %s without freezing', async (mode) => {
    await expectNoFreeze(async () => {
      await page.getByRole('button', { name: mode }).click();
      await sleep(500);
      await laidOut();
      await scrollThrough();
      await sleep(500);
    });
    expect((await seenRows(page)).filter((row) => row !== '').length).toBeGreaterThan(10);
    await screenshot(page, `run-large-${mode.split(' ')[0]!.toLowerCase()}`);
  });

  it('is searched through, every hit counted, without freezing', async () => {
    await page.getByRole('button', { name: 'Events' }).click();
    await expectNoFreeze(async () => {
      await page.keyboard.press('/');
      await page.keyboard.type('restarting the failed');
      await page.getByText('600,000', { exact: true }).waitFor({ timeout: 60_000 });
      await page.keyboard.press('Control+A');
      await page.keyboard.type(`describe pod checkout-${STEPS - 2}`);
      await page.getByText('2', { exact: true }).waitFor({ timeout: 60_000 });
      await page.keyboard.press('Enter');
      await page
        .locator('.log-row mark', { hasText: `checkout-${STEPS - 2}` })
        .first()
        .waitFor();
    });
  });

  it('takes a bounded part of the memory', async () => {
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    expect(usedSize).toBeLessThan(40 * MIB);
    expect(await residentBytes()).toBeLessThan(600 * MIB);
  });
});
