// needs: chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Route } from 'playwright-core';
import type { TestClient } from '../testkit/client.js';
import { openDashboard } from '../testkit/dashboard.js';
import type { Dashboard } from '../testkit/dashboard.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

const LONG_MS = 60_000;

let dashboard: Dashboard;
let operator: TestClient;
let instanceId: string;

const start = async (prompt: string, fakeAgent: object = {}): Promise<string> =>
  (await startTriage(operator, { instanceId, prompt, incident: JSON.stringify({ fakeAgent }) })).id;

beforeAll(async () => {
  dashboard = await openDashboard();
  operator = dashboard.server.client(dashboard.tenant);
  instanceId = await createInstance(dashboard.server.client(dashboard.tenant, 'ADMIN'));
  await awaitRun(operator, await start('Why does checkout crash?'));
  await awaitRun(operator, await start('Why is node 7 not ready?', { exitCode: 3 }));
}, 120_000);

afterAll(() => dashboard?.close(), 60_000);

/** The list of runs, signed in, until `use` is done. */
async function onRuns(use: (page: Page) => Promise<void>): Promise<void> {
  const { page, signIn } = await dashboard.open();
  try {
    await signIn();
    await run(page, 'Why does checkout crash?').waitFor();
    await use(page);
  } finally {
    await page.context().close();
  }
}

const run = (page: Page, prompt: string) => page.getByRole('link', { name: prompt });
const goTo = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
const asksForFailed = (route: Route): boolean => {
  const { variables } = route.request().postDataJSON() as { variables?: { filter?: { state?: string } } };
  return variables?.filter?.state === 'FAILED';
};

describe('while the answer to a filter is not there', () => {
  it('shows no run of another filter, neither when it is late nor when it never comes', () =>
    onRuns(async (page) => {
      const held = Promise.withResolvers<void>();
      let isBack = false;
      await page.route('**/graphql', async (route) => {
        if (!asksForFailed(route)) return route.continue();
        await held.promise;
        return isBack ? route.continue() : route.abort();
      });
      await page.getByLabel('State').selectOption('FAILED');
      await run(page, 'Why does checkout crash?').waitFor({ state: 'detached' });
      held.resolve();
      await page.getByText('The server could not be reached').waitFor();
      expect(await run(page, 'Why does checkout crash?').count()).toBe(0);
      isBack = true;
      await run(page, 'Why is node 7 not ready?').waitFor();
      expect(await page.getByText('The server could not be reached').count()).toBe(0);
    }));
});

describe('whether the server is there', () => {
  it(
    'is not told by a proxy that answers in its stead; pages go on by themselves once it is back',
    () =>
      onRuns(async (page) => {
        let isAway = true;
        await page.route(/\/(graphql|livez)$/, (route) =>
          isAway
            ? route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' })
            : route.continue(),
        );
        await page.getByText('Reconnecting').waitFor({ timeout: LONG_MS });
        expect(await run(page, 'Why does checkout crash?').isVisible()).toBe(true);
        await goTo(page, 'Instances');
        await page.getByText('The server could not be reached').waitFor();
        await page.getByText('Offline').waitFor({ timeout: LONG_MS });
        isAway = false;
        await page.getByText('Online').waitFor({ timeout: LONG_MS });
        await page.getByRole('link', { name: /^test-/ }).waitFor();
      }),
    180_000,
  );

  it(
    'is not told by a lost socket that no page needs any more',
    () =>
      onRuns(async (page) => {
        const id = await start('A long one', { lines: 6000, linesPerSecond: 20 });
        const row = page.getByRole('row', { name: 'A long one' });
        await row.getByText('Running').waitFor({ timeout: LONG_MS });
        // Once before, so that this page's code is there.
        await goTo(page, 'Instances');
        await page.getByRole('link', { name: /^test-/ }).waitFor();
        await goTo(page, 'Runs');
        await row.getByText('Running').waitFor();
        dashboard.gate.shut();
        try {
          await page.getByText('Reconnecting').waitFor({ timeout: LONG_MS });
          await goTo(page, 'Instances');
          await page.getByRole('heading', { name: 'Instances' }).waitFor();
        } finally {
          dashboard.gate.open();
        }
        await page.getByText('Online').waitFor({ timeout: LONG_MS });
        await operator.ok('mutation ($id: ID!) { cancelTriage(id: $id) { id } }', { id });
      }),
    180_000,
  );

  it(
    'is asked of a socket that went silent, as after a sleep: a run that ended meanwhile is shown so',
    () =>
      onRuns(async (page) => {
        const id = await start('A silent end', { lines: 300, linesPerSecond: 20 });
        await page.goto(`${dashboard.url}/runs/${id}`);
        await page.getByText('Running').first().waitFor({ timeout: LONG_MS });
        dashboard.gate.blackHole();
        await awaitRun(operator, id);
        await page.getByText('Succeeded').first().waitFor({ timeout: LONG_MS });
      }),
    180_000,
  );
});
