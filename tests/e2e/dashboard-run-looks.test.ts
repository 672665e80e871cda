// needs: docker, chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeViolations, overflowOf, screenshot, TestBrowser } from '../testkit/browser.js';
import { awaitLog, seenRows } from '../testkit/run-page.js';
import { createDataFolder, startServer, type TestServer } from '../testkit/server.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let server: TestServer;
let browser: TestBrowser;
let address: string;

beforeAll(async () => {
  folder = await createDataFolder();
  const environment = { RUNTIME: 'docker', DOCKER_HOST: process.env.DOCKER_HOST ?? '', RATE_LIMIT_REQUESTS: '10000' };
  server = await startServer({ dataDir: folder.path, environment });
  browser = await TestBrowser.start();
  const instanceId = await createInstance(server.client);
  const incident = JSON.stringify({ id: 'INC-42', namespace: 'shop', alert: 'PodCrashLooping', pod: 'checkout-7d9f' });
  const { id } = await startTriage(server.client, { instanceId, prompt: 'Why does checkout crash?', incident });
  expect((await awaitRun(server.client, id)).state).toBe('SUCCEEDED');
  address = `${server.url}/runs/${id}`;
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await folder?.remove();
});

const PARTS = [
  ['report', (page: Page) => page.getByText('The words of an agent').waitFor()],
  ['log', (page: Page) => awaitLog(page, 'ended')],
  ['prompt', (page: Page) => page.getByText('The prompt as it was sent').waitFor()],
  ['artifacts', (page: Page) => page.getByText('output/report.md').waitFor()],
] as const;

describe.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
] as const)('a run that succeeded, %s, %d wide', (theme, width) => {
  it('has no violation that axe finds, and fits', async () => {
    const { page, context, complaints } = await browser.open(address, server.client.apiKey!, { theme, width });
    for (const [part, shown] of PARTS) {
      await page.getByRole('navigation', { name: 'Parts of the run' }).getByRole('link', { name: part }).click();
      await shown(page);
      for (const mode of part === 'log' ? ['Terminal', 'Events', 'Raw bytes'] : ['']) {
        if (mode !== '') await page.getByRole('button', { name: mode }).click();
        if (mode !== '') await expect(seenRows(page)).resolves.toEqual(expect.anything());
        await screenshot(page, `run-${part}${mode && `-${mode.split(' ')[0]!.toLowerCase()}`}-${theme}-${width}`);
        expect({ part, mode, found: await axeViolations(page) }).toEqual({ part, mode, found: [] });
        expect(await overflowOf(page)).toBeLessThanOrEqual(0);
      }
    }
    expect(complaints).toEqual([]);
    await context.close();
  });
});

it('is read with the keyboard alone', async () => {
  const { page, context } = await browser.open(`${address}?view=log`, server.client.apiKey!, { height: 600 });
  await awaitLog(page, 'ended');
  await page.getByRole('button', { name: 'Events' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.log-row').first().waitFor();
  const [first] = await seenRows(page);
  await page.getByRole('button', { name: 'Save' }).focus();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Log');
  await page.keyboard.press('End');
  await page.getByRole('button', { name: 'Following' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.getAttribute("aria-expanded")')).toBe('false');
  await page.keyboard.press('Enter');
  await page.locator('[aria-expanded="true"].log-fold').first().waitFor();
  await page.getByRole('region', { name: 'Log', exact: true }).focus();
  await page.keyboard.press('Home');
  await page.getByText(first!, { exact: true }).first().waitFor();
  await page.keyboard.press('/');
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Search the log');
  await page.keyboard.type('INCIDENT');
  await page.keyboard.press('Enter');
  await page.locator('.log-row mark').first().waitFor();
  await context.close();
});
