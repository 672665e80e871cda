import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { until } from './until.js';

const WAIT_MS = 30_000;

/** Text of one of GraphiQL's editors, which write spaces that do not break. */
const textOf = async (page: Page, editor: string): Promise<string> =>
  (await page.locator(`${editor} .view-lines`).first().innerText()).replaceAll('\u00a0', ' ');

/** What GraphiQL shows of the answer. */
export const shownAnswer = (page: Page): Promise<string> => textOf(page, '.graphiql-response');

/** Opens a tab of its own with the operation, and runs it. A new tab may take the editor's content once more. */
export async function runInGraphiQL(page: Page, operation: string): Promise<void> {
  await page.getByRole('button', { name: 'New tab' }).click();
  // A line that is long is shown as several.
  const holds = async (): Promise<boolean> =>
    (await textOf(page, '.graphiql-query-editor')).replace(/\s/g, '') === operation.replace(/\s/g, '');
  await until(async () => {
    if (await holds()) return true;
    await page.locator('.graphiql-query-editor .monaco-editor').first().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(operation);
    await sleep(200);
    return holds();
  }, WAIT_MS);
  await page.locator('.graphiql-execute-button').click();
}
