// needs: chromium
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { OpenedPage } from '../testkit/browser.js';
import { CLUSTERS, registerCluster } from '../testkit/clusters.js';
import { DashboardRig } from '../testkit/dashboard-pages.js';
import { awaitRun, createInstance, startTriage } from '../testkit/triage.js';

const INCIDENT = '{ "alert": "KubePodCrashLooping", "namespace": "shop" }';

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
  opened = await rig.open(path, 'OPERATOR');
  page = opened.page;
  await page
    .getByRole('combobox', { name: 'Instance' })
    .locator(`option[value="${instanceId}"]`)
    .waitFor({ state: 'attached' });
}

interface Run {
  readonly id: string;
  readonly prompt: string;
  readonly incident: string;
}
const runs = async (): Promise<readonly Run[]> =>
  (await rig.admin.ok<{ triageRuns: { items: Run[] } }>('{ triageRuns(limit: 10) { items { id prompt incident } } }'))
    .triageRuns.items;

const incident = () => page.getByLabel('Incident');
const start = () => page.getByRole('button', { name: 'Start the triage' });
const said = (text: string | RegExp) => page.getByText(text).first().waitFor();
const runPage = /\/runs\/[\da-f-]{36}/;

describe('starting a triage', () => {
  it('is done by keyboard alone, and told where the incident is at fault', async () => {
    await open('/triage');
    await incident().focus();
    await page.keyboard.insertText('{\n  "alert": "x",\n  broken\n}');
    await said('Not valid JSON at line 3, column 3: b does not belong here.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(
      await page.evaluate('document.activeElement.value.slice(document.activeElement.selectionStart).trim()'),
    ).toMatch(/^broken/);
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(INCIDENT);
    await said(/well-formed/);

    // Focus goes to the first field that lacks something.
    await start().press('Enter');
    await said('The prompt is empty: say what to look into.');
    expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('Prompt');
    await page.keyboard.insertText('Why does checkout crash?');
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement.textContent')) === 'Start the triage') break;
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(runPage);
    const [run] = await runs();
    expect(run).toEqual({ id: page.url().split('/').at(-1), prompt: 'Why does checkout crash?', incident: INCIDENT });
  });

  it('starts one run when it is clicked twice, and when an answer was lost', async () => {
    const before = (await runs()).length;
    await open('/triage');
    await incident().fill(INCIDENT);
    await page.getByLabel('Prompt', { exact: true }).fill('Twice');
    let lost = 0;
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('mutation StartTriage') || lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort('connectionreset');
    });
    await start().dblclick();
    await said('No answer from the server');
    await start().click();
    await page.waitForURL(runPage);
    expect(lost).toBe(1);
    expect((await runs()).length).toBe(before + 1);
  });

  it('shows at its field what the server refuses', async () => {
    await open('/triage');
    await incident().fill(INCIDENT);
    await page.getByLabel('Prompt', { exact: true }).fill('Why?');
    await page.getByLabel('Model').fill('not a model');
    await start().click();
    await said('A model is named by 1 to 128');
    expect(await page.getByLabel('Model').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Model').fill('sonnet');
    await page.getByText('A model is named by 1 to 128').waitFor({ state: 'detached' });
  });

  it('takes a file, and none that is too large', async () => {
    await open('/triage');
    const file = (text: string) => ({ name: 'incident.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    const input = page.locator('input[type=file]');
    await input.setInputFiles(file(INCIDENT));
    await said(/well-formed/);
    expect(await incident().inputValue()).toBe(INCIDENT);
    await input.setInputFiles(file(`{"a":"${'x'.repeat(256 * 1024)}"}`));
    await said(/The file was not read: it has 256/);
    expect(await incident().inputValue()).toBe(INCIDENT);
  });

  it('begins as an earlier run did, to be run again', async () => {
    const prompt = 'Look at <b>this</b>';
    const { id } = await startTriage(rig.admin, {
      ...{ instanceId, prompt, incident: INCIDENT, timeoutSeconds: 77, allowedTools: ['Read'], debug: true },
    });
    await open(`/triage?again=${id}`);
    expect(await page.getByLabel('Prompt', { exact: true }).inputValue()).toBe(prompt);
    expect(await incident().inputValue()).toBe(INCIDENT);
    await start().click();
    await page.waitForURL(runPage);
    const again = page.url().split('/').at(-1);
    expect(again).not.toBe(id);
    const query = 'query ($id: ID!) { triageRun(id: $id) { prompt timeoutSeconds allowedTools debug aiAgent } }';
    expect(await rig.admin.ok(query, { id: again })).toEqual({
      triageRun: { prompt, timeoutSeconds: 77, allowedTools: ['Read'], debug: true, aiAgent: 'CLAUDE_CODE' },
    });
  });

  it('runs again with the same cluster, and not before the clusters are read; says when that was deleted', async () => {
    rig.cluster.script.version = { gitVersion: 'v1.31.2' };
    const cluster = await registerCluster(rig.admin, rig.cluster.kubeconfig());
    const run = { instanceId, prompt: 'On a cluster', incident: INCIDENT, clusterId: cluster.id };
    const { id } = await startTriage(rig.admin, run);
    await open('/triage');
    const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('query ClusterNames')) await isRead;
      await route.continue();
    });
    await page.goto(new URL(`/triage?again=${id}`, page.url()).href);
    await start().click();
    await said('The clusters were not read yet');
    read();
    await page.getByRole('option', { name: 'production' }).waitFor({ state: 'attached' });
    await start().click();
    await page.waitForURL(runPage);
    const again = page.url().split('/').at(-1);
    const clusterOf = '{ triageRun(id: $id) { clusterId } }';
    expect(await rig.admin.ok(`query ($id: ID!) ${clusterOf}`, { id: again })).toEqual({
      triageRun: { clusterId: cluster.id },
    });
    for (const each of [id, again]) await awaitRun(rig.admin, each!);

    await page.goto(new URL(`/triage?again=${id}`, page.url()).href);
    await page.getByRole('option', { name: 'production' }).waitFor({ state: 'attached' });
    await rig.admin.ok(CLUSTERS.delete, { id: cluster.id });
    await start().click();
    await said('Not found');
    await page.reload();
    await said('it had none, or that was deleted since');
  });
});
