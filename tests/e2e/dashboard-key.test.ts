// needs: chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebSocketRoute } from 'playwright-core';
import { openDashboard } from '../testkit/dashboard.js';
import type { Dashboard, DashboardPage } from '../testkit/dashboard.js';
import { createInstance, startTriage } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

let dashboard: Dashboard;

beforeAll(async () => {
  dashboard = await openDashboard();
}, 120_000);

afterAll(() => dashboard?.close(), 60_000);

async function onPage(use: (opened: DashboardPage) => Promise<void>): Promise<void> {
  const opened = await dashboard.open();
  try {
    await use(opened);
  } finally {
    await opened.page.context().close();
  }
}

describe("a tab's key", () => {
  it('is held on to whatever another tab has remembered, and given up when it was signed out there', () =>
    onPage(async ({ page, signIn }) => {
      const key = dashboard.server.key(dashboard.tenant, 'OPERATOR');
      const remember = (remembered: string) =>
        page.evaluate(`localStorage.setItem('triaged.api-key', ${JSON.stringify(remembered)})`);
      await page.getByLabel('Remember it in this browser').check();
      await signIn();
      const other = await page.context().newPage();
      await other.goto(dashboard.url);
      await other.getByRole('button', { name: 'Sign out' }).waitFor();
      await remember('the key of another tenant');
      await other.reload();
      await other.getByRole('button', { name: 'Sign out' }).waitFor();
      await remember(key);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await other.getByText('You signed out in another tab.').waitFor();
      expect(await other.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
    }));

  it('is forgotten when a socket is closed since it was revoked', () =>
    onPage(async ({ page, signIn }) => {
      const sockets: WebSocketRoute[] = [];
      await page.routeWebSocket('**/graphql', (socket) => {
        socket.connectToServer();
        sockets.push(socket);
      });
      const operator = dashboard.server.client(dashboard.tenant);
      const instanceId = await createInstance(dashboard.server.client(dashboard.tenant, 'ADMIN'));
      // The runs under way are watched.
      const incident = JSON.stringify({ fakeAgent: { lines: 200, linesPerSecond: 4 } });
      const { id } = await startTriage(operator, { instanceId, prompt: 'Going on', incident });
      await signIn();
      await page.getByRole('row', { name: 'Going on' }).waitFor();
      await until(() => sockets.length > 0, 20_000);
      await sockets[0]!.close({ code: 4401, reason: 'Unauthorized' });
      await page.getByText('no longer takes this API key').waitFor();
      expect(await page.evaluate('sessionStorage.length')).toBe(0);
      await operator.ok('mutation ($id: ID!) { cancelTriage(id: $id) { id } }', { id });
    }));
});
