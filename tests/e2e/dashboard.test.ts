// needs: chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDashboard } from '../testkit/dashboard.js';
import type { Dashboard, DashboardPage } from '../testkit/dashboard.js';
import type { TestClient } from '../testkit/client.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

let dashboard: Dashboard;
let operator: TestClient;
let instanceId: string;

const incidentOf = (fakeAgent: object): string => JSON.stringify({ fakeAgent });

const start = (prompt: string, fakeAgent: object = {}) =>
  startTriage(operator, { instanceId, prompt, incident: incidentOf(fakeAgent) });

beforeAll(async () => {
  dashboard = await openDashboard();
  const { server, tenant } = dashboard;
  operator = server.client(tenant);
  const admin = server.client(tenant, 'ADMIN');
  instanceId = await createInstance(admin);
  for (const prompt of [
    'Why does checkout crash?',
    '<img src=x onerror="window.hacked=1;alert(1)"> <script>window.hacked=1;alert(1)</script>',
  ]) {
    await awaitRun(operator, (await start(prompt)).id);
  }
  await awaitRun(operator, (await start('Why is node 7 not ready?', { exitCode: 3 })).id);
}, 120_000);

afterAll(() => dashboard?.close(), 60_000);

/** Opens a page of its own, and closes it after the test's part. */
async function onPage(
  options: Parameters<Dashboard['open']>[0],
  use: (opened: DashboardPage) => Promise<void>,
): Promise<void> {
  const opened = await dashboard.open(options);
  try {
    await use(opened);
  } finally {
    await opened.page.context().close();
  }
}

const storageOf = ({ page }: DashboardPage, which: 'localStorage' | 'sessionStorage') =>
  page.evaluate<string>(`JSON.stringify(${which})`);

describe('signing in', () => {
  it('says what is wrong with a wrong key, and where to find one', () =>
    onPage({}, async ({ page, picture, faults }) => {
      await page.getByLabel('API key').fill('tri_no_such_key');
      await page.keyboard.press('Enter');
      await page.getByText('does not know this key').waitFor();
      await page.getByText('.data/demo.api-key').waitFor();
      expect(await page.getByLabel('API key').getAttribute('aria-invalid')).toBe('true');
      expect(await faults()).toEqual([]);
      await picture('sign-in-refused');
    }));

  it('keeps the key for the tab, and for the browser only when asked; never in an address', () =>
    onPage({}, async (opened) => {
      const { page, signIn, requested } = opened;
      const key = dashboard.server.key(dashboard.tenant, 'OPERATOR');
      await signIn();
      expect(await storageOf(opened, 'sessionStorage')).toContain(key);
      expect(await storageOf(opened, 'localStorage')).not.toContain(key);
      await page.reload();
      await page.getByRole('heading', { name: 'Runs' }).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      expect(await storageOf(opened, 'sessionStorage')).not.toContain(key);
      await page.getByLabel('Remember it in this browser').check();
      await signIn();
      expect(await storageOf(opened, 'localStorage')).toContain(key);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('API key').waitFor();
      expect(await storageOf(opened, 'localStorage')).not.toContain(key);
      expect(requested.filter((address) => address.includes(key))).toEqual([]);
    }));

  it('leads to the page that was asked for', () =>
    onPage({ at: '/instances' }, async ({ page, signIn }) => {
      await signIn('ADMIN');
      await page.getByRole('heading', { name: 'Instances' }).waitFor();
    }));

  it('leaves out what a VIEWER may not do', () =>
    onPage({}, async ({ page, signIn }) => {
      await signIn('VIEWER');
      await page.getByRole('link', { name: 'Why does checkout crash?' }).waitFor();
      expect(await page.getByText('Start a triage').count()).toBe(0);
      expect(await page.getByRole('link', { name: 'Audit' }).count()).toBe(0);
      await page.goto(`${dashboard.url}/audit`);
      await page.getByText('It needs an API key with the role ADMIN.').waitFor();
    }));

  it('signs out with a word when the server no longer takes the key', () =>
    onPage({}, async ({ page, signIn }) => {
      await signIn();
      await page.route('**/graphql', (route) =>
        route.continue({ headers: { ...route.request().headers(), 'x-api-key': 'revoked' } }),
      );
      // With its next look at the runs.
      await page.getByText('no longer takes this API key').waitFor({ timeout: 40_000 });
      await page.getByLabel('API key').waitFor();
    }));
});

describe('the runs', () => {
  it(
    'shows them as they change: a new one, its progress, its end',
    () =>
      onPage({}, async ({ page, signIn, picture, faults }) => {
        await signIn();
        await page.getByRole('link', { name: 'Why does checkout crash?' }).waitFor();
        await start('A new one', { lines: 120, linesPerSecond: 4 });
        const row = page.getByRole('row', { name: 'A new one' });
        await row.getByText('Running').waitFor({ timeout: 40_000 });
        await picture('runs-light');
        expect(await faults()).toEqual([]);
        await row.getByText('Succeeded').waitFor({ timeout: 60_000 });
      }),
    120_000,
  );

  it('filters, and keeps the filter in the address', () =>
    onPage({}, async ({ page, signIn, faults }) => {
      await signIn();
      await page.getByLabel('State').selectOption('FAILED');
      await page.getByRole('link', { name: 'Why is node 7 not ready?' }).waitFor();
      expect(await page.getByRole('row').count()).toBe(2);
      await page.reload();
      await page.getByRole('link', { name: 'Why is node 7 not ready?' }).waitFor();
      expect(new URL(page.url()).search).toBe('?state=FAILED');
      await page.getByRole('searchbox').fill('CHECKOUT');
      await page.keyboard.press('Enter');
      await page.getByText('No run is like that').waitFor();
      expect(await faults()).toEqual([]);
      await page.getByLabel('State').selectOption('');
      await page.getByRole('link', { name: 'Why does checkout crash?' }).waitFor();
      await page.goBack();
      await page.getByText('No run is like that').waitFor();
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.getByRole('link', { name: 'Why is node 7 not ready?' }).waitFor();
    }));

  it('loads more of a long list', () =>
    onPage({}, async ({ page, signIn }) => {
      await page.route('**/graphql', (route) => {
        const body = JSON.parse(route.request().postData() ?? '{}') as { variables?: { limit?: number } };
        if (body.variables?.limit === 50) body.variables.limit = 2;
        return route.continue({ postData: JSON.stringify(body) });
      });
      await signIn();
      await page.getByText('2 shown').waitFor();
      await page.getByRole('button', { name: 'Load more' }).click();
      await page.getByText('4 shown').waitFor();
    }));

  it('says when a request may be sent again', () =>
    onPage({}, async ({ page, signIn }) => {
      await signIn();
      await page.getByRole('link', { name: 'Why does checkout crash?' }).waitFor();
      const error = {
        message: 'The quota of 100 operations in 60 seconds is used up.',
        extensions: { code: 'RATE_LIMITED', error_code: 'RATE_LIMITED', details: { retryAfterSeconds: 30 } },
      };
      await page.route('**/graphql', (route) => route.fulfill({ status: 429, json: { errors: [error] } }));
      await page.getByLabel('State').selectOption('LOST');
      await page.getByText('Too many requests for now').waitFor();
      const again = page.getByRole('button', { name: /^Again in \d+ s$/ });
      await again.waitFor();
      expect(await again.isDisabled()).toBe(true);
    }));
});

describe('the dashboard', () => {
  it(
    'says that the server is away, and goes on by itself when it is back',
    () =>
      onPage({}, async ({ page, signIn, picture }) => {
        await signIn();
        await page.getByRole('link', { name: 'Why does checkout crash?' }).waitFor();
        await page.getByText('Online').waitFor();
        dashboard.gate.shut();
        try {
          await page.getByText('Reconnecting').waitFor({ timeout: 40_000 });
          await page.getByText(/last contact .* ago/).waitFor();
          // What is known stays.
          expect(await page.getByRole('link', { name: 'Why does checkout crash?' }).isVisible()).toBe(true);
          await picture('runs-reconnecting');
          await page.getByText('Offline').waitFor({ timeout: 60_000 });
          await picture('runs-offline');
          expect(await page.getByRole('link', { name: 'Why does checkout crash?' }).isVisible()).toBe(true);
          await start('Meanwhile');
        } finally {
          dashboard.gate.open();
        }
        await page.getByText('Online').waitFor({ timeout: 40_000 });
        await page.getByRole('link', { name: 'Meanwhile' }).waitFor({ timeout: 40_000 });
      }),
    180_000,
  );

  it('shows dark as the system does, and as chosen', () =>
    onPage({ colorScheme: 'dark' }, async ({ page, signIn, picture, faults }) => {
      const theme = () => page.evaluate('document.documentElement.dataset.theme');
      expect(await faults()).toEqual([]);
      await signIn();
      await page.getByRole('link', { name: 'Why does checkout crash?' }).waitFor();
      expect(await theme()).toBe('dark');
      expect(await faults()).toEqual([]);
      await picture('runs-dark');
      await page.getByRole('button', { name: 'Show in light colours' }).click();
      expect(await theme()).toBe('light');
      await page.reload();
      expect(await theme()).toBe('light');
    }));

  it('fits a phone', () =>
    onPage(
      { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true },
      async ({ page, signIn, picture, faults }) => {
        const overflow = () =>
          page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        await picture('phone-sign-in');
        await signIn();
        await page.getByRole('link', { name: 'Why does checkout crash?' }).waitFor();
        expect(await overflow()).toBe(0);
        expect(await faults()).toEqual([]);
        await picture('phone-runs');
        await page.getByRole('button', { name: 'Open the menu' }).tap();
        await page.getByRole('link', { name: 'Instances' }).waitFor();
        await picture('phone-menu');
        await page.getByRole('link', { name: 'Instances' }).tap();
        await page.getByRole('heading', { name: 'Instances' }).waitFor();
        expect(await page.getByRole('link', { name: 'Audit' }).isVisible()).toBe(false);
        expect(await overflow()).toBe(0);
      },
    ));

  it('is used with the keyboard alone', () =>
    onPage({}, async ({ page }) => {
      const { keyboard } = page;
      await page.getByLabel('API key').waitFor();
      await keyboard.insertText(dashboard.server.key(dashboard.tenant, 'OPERATOR'));
      await keyboard.press('Enter');
      await page.getByRole('link', { name: 'Why does checkout crash?' }).waitFor();
      await page.reload();
      await page.getByRole('link', { name: 'Why does checkout crash?' }).waitFor();
      await keyboard.press('Tab');
      await page.getByRole('link', { name: 'Skip to the content' }).and(page.locator(':focus')).waitFor();
      await keyboard.press('Enter');
      await keyboard.press('Tab');
      await page.getByRole('button', { name: 'Start a triage' }).and(page.locator(':focus')).waitFor();
      await keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Start a triage' }).waitFor();
      expect(await page.evaluate('document.activeElement.id')).toBe('content');
    }));

  it('asks no other origin for anything, breaks no rule of its policy, and runs nothing that a prompt holds', () =>
    onPage({}, async ({ page, signIn, complaints, requested }) => {
      await signIn('ADMIN');
      const hacked = () => page.evaluate('window.hacked');
      await page.getByRole('link', { name: '<img src=x onerror' }).waitFor();
      expect(await hacked()).toBeUndefined();
      for (const name of await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts()) {
        if (name === 'GraphiQL') continue;
        await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
        await page.getByRole('heading', { level: 1, name }).waitFor();
      }
      expect(requested.filter((address) => new URL(address).host !== new URL(dashboard.url).host)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(await hacked()).toBeUndefined();
    }));
});
