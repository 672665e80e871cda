// needs: chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium, type OwnBrowser } from '../testkit/browser.js';
import { runInGraphiQL, shownAnswer } from '../testkit/graphiql.js';
import { startSmallServer, Ticks } from '../testkit/small-server.js';
import type { SmallServer } from '../testkit/small-server.js';
import { until } from '../testkit/until.js';

let small: SmallServer;
let browser: OwnBrowser;
let page: Page;
const requested: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  execFileSync(process.execPath, [path.resolve(import.meta.dirname, '../../scripts/build-playground.mjs')], {
    timeout: 60_000,
  });
  small = await startSmallServer();
  browser = await launchChromium();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.on('request', (request) => requested.push(request.url()));
  page.on('websocket', (socket) => requested.push(socket.url()));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text().slice(0, 300));
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${small.url}/playground/`);
}, 90_000);

afterAll(async () => {
  await browser.close();
  await small.close();
}, 30_000);

const WAIT_MS = 15_000;
const run = (operation: string): Promise<void> => runInGraphiQL(page, operation);
const answer = (): Promise<string> => shownAnswer(page);

describe('the playground', () => {
  it('opens with a sample triage and asks for an API key', async () => {
    await page.getByText('StartTriage').first().waitFor();
    await page.getByText('Enter an API key to load the schema.').waitFor();
    expect(page.url()).toBe(`${small.url}/playground/`);
  }, 60_000);

  it('runs a query with the key, which is kept for the tab alone', async () => {
    await page.getByLabel('API key').fill('operator');
    await page.getByRole('button', { name: 'Use' }).click();
    await run('{ whoami }');
    await until(async () => (await answer()).includes('acme OPERATOR'), WAIT_MS);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('"operator"');
    expect(await page.evaluate("sessionStorage.getItem('triaged.api-key')")).toBe('operator');
  }, 60_000);

  it('shows a subscription live and ends it when it is stopped', async () => {
    await run('subscription { ticks(everyMs: 50) }');
    await until(async () => /"ticks": [3-9]/.test(await answer()), WAIT_MS);
    expect(Ticks.open).toBe(1);
    await page.locator('.graphiql-execute-button').click();
    await until(() => Ticks.open === 0, WAIT_MS);
  }, 60_000);

  it('shows why a socket was closed', async () => {
    small.keys.delete('operator');
    await run('subscription { ticks }');
    await until(async () => (await answer()).includes('4401'), WAIT_MS);
  }, 60_000);

  it('asks no other origin for anything and breaks no rule of its content security policy', () => {
    const foreign = requested.filter(
      (url) => !/^(data|blob):/.test(url) && new URL(url).host !== new URL(small.url).host,
    );
    expect(foreign).toEqual([]);
    expect(requested).toContain(`${small.url.replace('http', 'ws')}/graphql`);
    expect(complaints).toEqual([]);
  });
});
