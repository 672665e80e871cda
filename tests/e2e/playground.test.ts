// needs: chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { launchChromium, type OwnBrowser } from '../testkit/browser.js';
import { startSmallServer, Ticks } from '../testkit/small-server.js';
import type { SmallServer } from '../testkit/small-server.js';

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

/** Text of one of the editors, which write spaces that do not break. */
const textOf = async (editor: string): Promise<string> =>
  (await page.locator(`${editor} .view-lines`).first().innerText()).replaceAll('\u00a0', ' ');

/** Opens a tab of its own with the operation, and runs it. A new tab may take the editor's content once more. */
async function run(operation: string): Promise<void> {
  await page.getByRole('button', { name: 'New tab' }).click();
  const holds = async (): Promise<boolean> => (await textOf('.graphiql-query-editor')).trim() === operation;
  await until(async () => {
    if (await holds()) return true;
    await page.locator('.graphiql-query-editor .monaco-editor').first().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(operation);
    await sleep(200);
    return holds();
  });
  await page.locator('.graphiql-execute-button').click();
}

const answer = (): Promise<string> => textOf('.graphiql-response');

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition()) && Date.now() < deadline) await sleep(50);
  expect(await condition()).toBe(true);
}

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
    await until(async () => (await answer()).includes('acme OPERATOR'));
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('"operator"');
    expect(await page.evaluate("sessionStorage.getItem('triaged.api-key')")).toBe('operator');
  }, 60_000);

  it('shows a subscription live and ends it when it is stopped', async () => {
    await run('subscription { ticks(everyMs: 50) }');
    await until(async () => /"ticks": [3-9]/.test(await answer()));
    expect(Ticks.open).toBe(1);
    await page.locator('.graphiql-execute-button').click();
    await until(() => Ticks.open === 0);
  }, 60_000);

  it('shows why a socket was closed', async () => {
    small.keys.delete('operator');
    await run('subscription { ticks }');
    await until(async () => (await answer()).includes('4401'));
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
