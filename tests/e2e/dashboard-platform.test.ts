// needs: chromium
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { OpenedPage } from '../testkit/browser.js';
import { DashboardRig } from '../testkit/dashboard-pages.js';
import { createInstance } from '../testkit/triage.js';

let rig: DashboardRig;
let opened: OpenedPage;
let page: Page;
let instanceId: string;

beforeAll(async () => {
  rig = await DashboardRig.start();
  instanceId = await createInstance(rig.admin);
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

const button = (name: string) => page.getByRole('button', { name, exact: true }).first();
const inDialog = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true });
const said = (text: string | RegExp) => page.getByText(text).first().waitFor();

/** A model call of the instance's, past the dashboard. */
async function useModel(): Promise<void> {
  const { createAgent } = await rig.admin.ok<{ createAgent: { id: string } }>(
    'mutation ($name: String!) { createAgent(input: { name: $name, role: "r" }) { id } }',
    { name: `agent-${Math.random()}` },
  );
  await rig.admin.ok('mutation ($input: RunAgentInput!) { runAgent(input: $input) { id } }', {
    input: { agentId: createAgent.id, task: 'x', model: 'claude-sonnet-5-5', instanceId },
  });
}

describe('tools and agents', () => {
  it('are created and changed; a tool that an agent has is not deleted, and the page says whose it is', async () => {
    await open('/tools');
    await button('New tool').click();
    await inDialog('Create').click();
    await said(/must not be empty/);
    await page.getByLabel('Name').fill('web_search');
    await page.getByLabel('Description').fill('Search the web');
    await page.getByLabel('Name').press('Enter');
    await said('web_search was created.');
    await button('Edit web_search').click();
    await page.getByLabel('Description').fill('Search all of the web');
    await inDialog('Save').click();
    await page.getByRole('cell', { name: 'Search all of the web' }).waitFor();

    await page.getByRole('link', { name: 'Agents' }).click();
    await button('New agent').click();
    await page.getByLabel('Name').fill('Researcher');
    await page.getByLabel('Role', { exact: true }).fill('researcher');
    await page.getByLabel('web_search').check();
    await inDialog('Create').click();
    await page.getByRole('row', { name: /Researcher.*researcher.*web_search/ }).waitFor();

    await page.getByRole('link', { name: 'Tools' }).click();
    await button('Delete web_search').click();
    await inDialog('Delete').click();
    await said('Agents have this tool: take it from them, or delete them, first.');
    await page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'Researcher' }).waitFor();
    await inDialog('Leave it').click();
  });

  it('an agent is run without an instance and with one, and its answers are kept', async () => {
    await open('/agents');
    await button('Run Researcher').click();
    await page.getByLabel('Task').fill('Find information about Python');
    await page.getByRole('combobox', { name: 'Model' }).fill('no-such-model');
    await inDialog('Run').click();
    await said(/This model is not allowed; choose one of/);
    await page.getByRole('combobox', { name: 'Model' }).fill('gpt-4o');
    await inDialog('Run').click();
    await page.getByRole('region', { name: 'Answer' }).last().waitFor();
    await said(/The built-in mock answered · gpt-4o/);
    await page.getByLabel('Who answers').selectOption(instanceId);
    await page.getByRole('combobox', { name: 'Model' }).fill('claude-sonnet-5-5');
    await inDialog('Run').click();
    await said(/Claude Code's key · claude-sonnet-5-5/);
    await inDialog('Close').last().click();
    expect(await page.getByRole('row', { name: /Researcher (gpt-4o|claude-sonnet-5-5)/ }).count()).toBe(2);
    await button('Read the answer of Researcher').click();
    await page.getByRole('dialog').getByRole('region', { name: 'Answer' }).last().waitFor();
    const { executions } = await rig.admin.ok<{ executions: { items: { response: string }[] } }>(
      '{ executions(limit: 1) { items { response } } }',
    );
    expect(await page.getByRole('dialog').locator('pre').first().textContent()).toBe(executions.items[0]!.response);
  });
});

describe('usage', () => {
  /** How many pixels of the chart have a colour of a series. */
  const painted = () =>
    page.evaluate<number>(`(() => {
      const canvas = document.querySelector('.usage-chart canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const [red, green, blue] = getComputedStyle(document.querySelector('.swatch-1')).backgroundColor.match(/\\d+/g).map(Number);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) count += data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255;
      return count;
    })()`);
  const tokens = async (): Promise<number> => {
    const today = new Date().toISOString().slice(0, 10);
    const query = `query ($id: ID!, $day: Date!) { usage(instanceId: $id, from: $day, to: $day, groupBy: []) { tokenCount } }`;
    const { usage } = await rig.admin.ok<{ usage: { tokenCount: number }[] }>(query, { id: instanceId, day: today });
    return usage[0]?.tokenCount ?? 0;
  };
  const total = (figure: number) =>
    page
      .getByRole('cell', { name: figure.toLocaleString('en'), exact: true })
      .first()
      .waitFor();

  it('is drawn as a chart, with a table of the same figures, and grows live', async () => {
    await useModel();
    await open('/usage');
    await page.getByLabel('Show', { exact: true }).selectOption('TOKENS');
    await page.getByRole('table', { name: 'Tokens by day (UTC) and AI agent' }).waitFor();
    await total(await tokens());
    expect(await painted()).toBeGreaterThan(500);
    const label = await page.getByRole('img', { name: /Tokens by day/ }).getAttribute('aria-label');
    expect(label).toContain(`${(await tokens()).toLocaleString('en')} in all`);

    const before = await tokens();
    await useModel();
    await page
      .getByRole('cell', { name: before.toLocaleString('en'), exact: true })
      .first()
      .waitFor({ state: 'detached' });
    await total(await tokens());
    expect(await tokens()).toBeGreaterThan(before);
  });

  it('is grouped by model, shows cost, and takes another range', async () => {
    await open('/usage');
    await page.getByLabel('Group by').selectOption('MODEL');
    await page.getByRole('columnheader', { name: 'claude-sonnet-5-5' }).first().waitFor();
    const query = `query ($id: ID!, $day: Date!) { usage(instanceId: $id, from: $day, to: $day, groupBy: []) { estimatedCost } }`;
    const { usage } = await rig.admin.ok<{ usage: { estimatedCost: string }[] }>(query, {
      ...{ id: instanceId, day: new Date().toISOString().slice(0, 10) },
    });
    await said(`$${Number(usage[0]!.estimatedCost).toFixed(4)}`);
    await page.getByLabel('First day (UTC)').fill('2024-01-01');
    await said('The last day is at most 365 days after the first.');
    await page.getByLabel('Last day (UTC)').fill('2024-01-31');
    await said('No model calls in this range');
    await page.getByLabel('Range').selectOption('7');
    await page.getByRole('columnheader', { name: 'claude-sonnet-5-5' }).first().waitFor();
  });
});

describe('clusters', () => {
  it('are registered with their preflight shown; what is refused comes with the way out', async () => {
    await open('/clusters');
    await button('Register a cluster').click();
    await page.getByLabel('Name').fill('eu-production');
    await page.getByLabel('Kubeconfig', { exact: true }).fill('kind: Secret');
    await inDialog('Register').click();
    await said(/The kubeconfig .*docs\/clusters.md shows how/);
    await said(/a service account that reads workloads, events and logs, and no/);
    await page.getByLabel('Kubeconfig', { exact: true }).fill(rig.cluster.kubeconfig('https://127.0.0.1:1'));
    await inDialog('Register').click();
    await said('The cluster does not accept connections.');
    rig.cluster.script.rules = () => [{ verbs: ['get', 'delete'], apiGroups: [''], resources: ['pods'] }];
    await page.getByLabel('Kubeconfig', { exact: true }).fill(rig.cluster.kubeconfig());
    await inDialog('Register').click();
    await said('eu-production was registered.');
    await page.getByRole('dialog', { name: 'eu-production' }).waitFor();
    await page.locator('.warning').first().waitFor();
    await said('v1.31.2');
    expect(await page.content()).not.toContain(rig.cluster.token);
  });

  it('are checked again, renamed and deleted', async () => {
    await open('/clusters');
    rig.cluster.script.version = { gitVersion: 'v1.32.0' };
    await button('Show eu-production').click();
    await inDialog('Check again').click();
    await said('v1.32.0');
    await inDialog('Close').last().click();
    await button('Update eu-production').click();
    await page.getByLabel('Name').fill('eu-west');
    await page.getByLabel('Context').fill('production');
    await inDialog('Save').click();
    await said('A context is one of a new kubeconfig: give both.');
    await page.getByLabel('Context').fill('');
    await inDialog('Save').click();
    await said('eu-west was changed.');
    await inDialog('Close').last().click();
    await button('Delete eu-west').click();
    await inDialog('Delete').click();
    await said('No clusters yet');
  });
});

describe('the audit trail', () => {
  it('tells of all that, by filter too', async () => {
    await open('/audit');
    const told = [
      'Cluster deleted',
      'Cluster updated',
      'Cluster checked',
      'Cluster registered',
      'Execution started',
      'Agent created',
      'Tool updated',
      'Tool created',
      'Instance started',
      'Credential created',
      'AI agent configured',
    ];
    for (const action of told) await page.getByRole('cell', { name: action }).first().waitFor();
    await page.getByLabel('What').selectOption('TOOL_CREATED');
    await page.getByRole('cell', { name: 'Cluster deleted' }).waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: 'Tool created' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    await page.getByLabel('To').fill('2020-01-01');
    await said('No such events');
    await button('Show all').click();
    await page.getByRole('cell', { name: 'Cluster deleted' }).waitFor();
  });

  it('is read on', async () => {
    for (let index = 0; index < 51; index += 1) {
      await rig.admin.ok('mutation ($name: String!) { createTool(input: { name: $name }) { id } }', {
        name: `t${index}`,
      });
    }
    await open('/audit');
    await button('Load more').click();
    await page.getByRole('cell', { name: 'Cluster deleted' }).waitFor();
  });
});
