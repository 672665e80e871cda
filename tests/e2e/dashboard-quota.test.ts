// needs: chromium
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { openDashboard } from '../testkit/dashboard.js';
import type { Dashboard } from '../testkit/dashboard.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

const LONG_MS = 60_000;
const LINES_PER_SECOND = 10;

let dashboard: Dashboard;

beforeAll(async () => {
  // What a tenant has unless told otherwise.
  dashboard = await openDashboard({ RATE_LIMIT_REQUESTS: '100' });
}, 120_000);

afterAll(() => dashboard?.close(), 60_000);

/** Names of the operations that the page sends: each costs a point. For watches of runs, with the run's id. */
function sentBy(page: Page): string[] {
  const sent: string[] = [];
  const note = (text: string) => {
    const { query = '', variables = {} } = JSON.parse(text) as { query?: string; variables?: { runId?: string } };
    sent.push([/^\s*(?:query|subscription) (\w+)/.exec(query)?.[1], variables.runId].filter(Boolean).join(' '));
  };
  page.on('request', (request) => {
    if (request.url().endsWith('/graphql') && request.method() === 'POST') note(request.postData() ?? '{}');
  });
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const { type, payload: asked } = JSON.parse(String(payload)) as { type: string; payload?: object };
      if (type === 'subscribe') note(JSON.stringify(asked));
    }),
  );
  return sent;
}

it('costs little of the quota: each run is watched once as others come and go, and its page is told in place of asking', async () => {
  const { server, tenant } = dashboard;
  const operator = server.client(tenant);
  const { page, signIn } = await dashboard.open();
  const sent = sentBy(page);
  await signIn();
  await page.getByText('No run yet').waitFor();

  // Created since the page asked for names: it has one nevertheless, or its id, but is not said to be gone.
  const instanceId = await createInstance(server.client(tenant, 'ADMIN'));
  const start = (prompt: string, seconds: number) => {
    const fakeAgent = {
      ...{ lines: seconds * LINES_PER_SECOND, linesPerSecond: LINES_PER_SECOND },
      callsAlong: Array.from({ length: seconds / 4 }, () => 'sonnet'),
    };
    return startTriage(operator, { instanceId, prompt, incident: JSON.stringify({ fakeAgent }) });
  };
  const short = await start('The first', 24);
  const long = await start('The second', 60);
  const row = (prompt: string) => page.getByRole('row', { name: prompt });
  for (const prompt of ['The first', 'The second'])
    await row(prompt).getByText('Running').waitFor({ timeout: LONG_MS });
  expect(await page.getByText('deleted').count()).toBe(0);
  await row('The first').getByText('Succeeded').waitFor({ timeout: LONG_MS });
  const third = await start('The third', 4);
  await row('The third').waitFor({ timeout: LONG_MS });
  const watched = sent.filter((name) => name.startsWith('RunListChanged'));
  expect(watched.filter((name) => !name.endsWith(third.id)).sort()).toEqual(
    [short, long].map(({ id }) => `RunListChanged ${id}`).sort(),
  );

  const before = sent.length;
  await row('The second').getByRole('link').click();
  await page
    .getByText('Succeeded')
    .first()
    .waitFor({ timeout: 2 * LONG_MS });
  expect((await awaitRun(operator, long.id)).state).toBe('SUCCEEDED');
  // Once when it was opened, and by itself once a minute.
  expect(sent.slice(before).filter((name) => name === 'TriageRunDetails').length).toBeLessThanOrEqual(3);
}, 300_000);
