// needs: chromium
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { OpenedPage } from '../testkit/browser.js';
import { DashboardRig } from '../testkit/dashboard-pages.js';
import { createInstance } from '../testkit/triage.js';
import { until } from '../testkit/until.js';

const WAIT_MS = 30_000;
const KEY = 'sk-ant-test-0123456789abcdef0123456789';
const NEXT_KEY = 'sk-ant-test-fedcba9876543210fedcba9876';

let rig: DashboardRig;
let opened: OpenedPage;
let page: Page;

beforeAll(async () => {
  rig = await DashboardRig.start();
}, 240_000);
afterAll(() => rig?.close(), 60_000);
afterEach(async () => {
  await opened.context.close();
  expect(opened.complaints).toEqual([]);
});

async function open(path: string): Promise<void> {
  opened = await rig.open(path);
  page = opened.page;
}

const button = (name: string) => page.getByRole('button', { name, exact: true });
const inDialog = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true });
const said = (text: string | RegExp) => page.getByText(text).first().waitFor();

describe('instances', () => {
  let id: string;
  const aiAgentOf = async (fields: string): Promise<Record<string, unknown>> => {
    const query = `query ($id: ID!) { instance(id: $id) { aiAgents { aiAgent ${fields} } } }`;
    const { instance } = await rig.admin.ok<{ instance: { aiAgents: Record<string, unknown>[] } }>(query, { id });
    return instance.aiAgents.find(({ aiAgent }) => aiAgent === 'CLAUDE_CODE')!;
  };

  it('creates one, configures an AI agent, and starts it; the key is nowhere afterwards', async () => {
    await open('/instances');
    await button('New instance').first().click();
    await page.getByLabel('Name').fill('  ');
    await inDialog('Create').click();
    await said('A name has 1 to 100 characters');
    await page.getByLabel('Name').fill('production');
    await inDialog('Create').click();
    await page.waitForURL(/\/instances\/[\da-f-]{36}$/);
    id = page.url().split('/').at(-1)!;

    await button('Configure: Claude Code').click();
    await inDialog('Save').click();
    await said('Give the provider');
    await page.getByLabel("Provider's API key").fill(KEY);
    await page.getByLabel('Model').fill('no model');
    await inDialog('Save').click();
    await said('A model is named by');
    await page.getByLabel('Model').fill('claude-sonnet-5-5');
    await inDialog('Save').click();
    await said('Claude Code was configured.');
    await button('Start').click();
    await said('production was started.');
    expect(await aiAgentOf('configured model keyLastFour pinnedCredentialVersion')).toMatchObject({
      ...{ configured: true, model: 'claude-sonnet-5-5', keyLastFour: KEY.slice(-4), pinnedCredentialVersion: 1 },
    });
    expect(await page.content()).not.toContain(KEY);
    expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain(KEY);
  });

  it('rotates a key: the one before is ROTATED, and the field is empty before the answer is there', async () => {
    await open(`/instances/${id}`);
    await button('Rotate key: Claude Code').click();
    await page.getByLabel("Provider's API key").fill('short');
    await inDialog('Rotate').click();
    await said(/8 to 512 printable/);
    await page.getByLabel("Provider's API key").fill(NEXT_KEY);
    const held = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      await held.promise;
      await route.continue();
    });
    await inDialog('Rotate').click();
    await until(async () => (await page.getByLabel("Provider's API key").inputValue()) === '', WAIT_MS);
    held.resolve();
    await said('Claude Code has key 2 now.');
    await page.unroute('**/graphql');
    expect(await aiAgentOf('credentials { version state }')).toMatchObject({
      credentials: [
        { version: 2, state: 'ACTIVE' },
        { version: 1, state: 'ROTATED' },
      ],
    });
    await said('Something was configured since the start.');
    await button('Restart').click();
    await said('production was restarted.');
    await page.getByText('Something was configured since the start.').waitFor({ state: 'detached' });
    expect(await aiAgentOf('pinnedCredentialVersion')).toMatchObject({ pinnedCredentialVersion: 2 });

    await button('Keys: Claude Code').click();
    await page.getByRole('cell', { name: 'Rotated' }).waitFor();
    expect(await page.content()).not.toContain(NEXT_KEY);
  });

  it('tests a connection and says in words what came of it', async () => {
    await open(`/instances/${id}`);
    await button('Test connection: Claude Code').click();
    await inDialog('Test').click();
    await said(/The built-in mock answered after \d+ ms as claude-sonnet-5-5/);
    await said('No provider was asked');
  });

  it('sets limits, and takes none that cannot be', async () => {
    await open(`/instances/${id}`);
    await button('Limits: Claude Code').click();
    await page.getByLabel('Model calls in a minute').fill('0');
    await inDialog('Set').click();
    await said('A whole number from 1 to 1,000,000');
    await page.getByLabel('Model calls in a minute').fill('600');
    await page.getByLabel('Cost of each day (UTC), in USD').fill('12.5');
    await inDialog('Set').click();
    await said('The limits of Claude Code were set.');
    expect(await aiAgentOf('limits { requestsPerMinute tokensPerMinute dayBudget { tokens costUsd } }')).toMatchObject({
      limits: { requestsPerMinute: 600, tokensPerMinute: null, dayBudget: { tokens: null, costUsd: 12.5 } },
    });
  });

  it('shows the names in the environment, and no value', async () => {
    await open(`/instances/${id}`);
    await button('Environment: Claude Code').click();
    await page.getByRole('row', { name: /ANTHROPIC_API_KEY.*sealed key.*Secret/ }).waitFor();
    expect(await page.content()).not.toContain(NEXT_KEY);
  });

  it('saves egress list and features, and shows at its field what the server refuses', async () => {
    await open(`/instances/${id}`);
    await page.getByLabel('Egress list').fill('not a host');
    await button('Save the settings').click();
    await page.locator('textarea[aria-invalid]').waitFor();
    await page.getByLabel('Egress list').fill('github.com\n*.example.com:8443');
    await page.getByLabel('Search the web').check();
    await button('Save the settings').click();
    await said('The settings were saved.');
    const query = 'query ($id: ID!) { instance(id: $id) { egress providerFeatures } }';
    expect(await rig.admin.ok(query, { id })).toEqual({
      instance: { egress: ['github.com:443', '*.example.com:8443'], providerFeatures: ['WEB_SEARCH'] },
    });
  });

  it('keeps what is typed when someone else changes the settings, and saves that alone', async () => {
    await open(`/instances/${id}`);
    await page.getByLabel('Egress list').fill('mine.example.com:443');
    await rig.admin.ok('mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { id } }', {
      input: { instanceId: id, name: 'renamed', providerFeatures: [] },
    });
    await button('Restart').click();
    await page.getByRole('heading', { name: 'renamed' }).waitFor();
    await said('Someone else has changed these settings.');
    expect(await page.getByLabel('Egress list').inputValue()).toBe('mine.example.com:443');
    await button('Save the settings').click();
    await said('The settings were saved.');
    await page.getByText('Someone else has changed these settings.').waitFor({ state: 'detached' });
    const query = 'query ($id: ID!) { instance(id: $id) { name egress providerFeatures } }';
    expect(await rig.admin.ok(query, { id })).toEqual({
      instance: { name: 'renamed', egress: ['mine.example.com:443'], providerFeatures: [] },
    });
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('renamed');
  });

  it('revokes a key, stops and deletes the instance, each after asking', async () => {
    const doomed = await createInstance(rig.admin);
    await open(`/instances/${doomed}`);
    await button('Keys: Claude Code').click();
    await button('Revoke version 1').click();
    await page
      .getByRole('group', { name: 'Revoke version 1?' })
      .getByRole('button', { name: 'Revoke version 1' })
      .click();
    await said('Version 1 was revoked.');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await said('Key revoked');
    await button('Stop').click();
    await inDialog('Leave it').click();
    await button('Stop').click();
    await inDialog('Stop').click();
    await button('Start').waitFor();
    await button('Delete').click();
    await inDialog('Delete').click();
    await page.waitForURL(/\/instances$/);
    const { code } = await rig.admin.refused('query ($id: ID!) { instance(id: $id) { id } }', { id: doomed });
    expect(code).toBe('NOT_FOUND');
  });
});
