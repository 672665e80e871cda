// needs: chromium
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeViolations, overflowOf, screenshot } from '../testkit/browser.js';
import { CLUSTERS } from '../testkit/clusters.js';
import { DashboardRig } from '../testkit/dashboard-pages.js';
import { startTriage } from '../testkit/triage.js';

/** What an attacker would have a page do: it must stand there as text. */
const HOSTILE = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{{7*7}}`;
const HIDING = '\u202egnp.exe\u200b[link](javascript:window.hacked=1)';

let rig: DashboardRig;
let instanceId: string;

/** Objects whose every name and text is hostile. */
async function prepare(): Promise<void> {
  const { admin, cluster } = rig;
  const make = async (query: string, input: object): Promise<string> =>
    Object.values(await admin.ok<Record<string, { id: string }>>(query, { input }))[0]!.id;
  instanceId = await make('mutation ($input: CreateInstanceInput!) { createInstance(input: $input) { id } }', {
    name: HOSTILE,
  });
  const settings = { instanceId, apiKey: 'sk-ant-test-0123456789abcdef', model: 'claude-sonnet-5-5' };
  await admin.ok('mutation ($input: ConfigureAiAgentInput!) { configureAiAgent(input: $input) { aiAgent } }', {
    input: settings,
  });
  await admin.ok('mutation ($id: ID!) { startInstance(id: $id) { id } }', { id: instanceId });
  const toolId = await make('mutation ($input: CreateToolInput!) { createTool(input: $input) { id } }', {
    ...{ name: HOSTILE, description: `${HIDING}\n${HOSTILE}` },
  });
  const agentId = await make('mutation ($input: CreateAgentInput!) { createAgent(input: $input) { id } }', {
    ...{ name: HOSTILE, role: HIDING, description: HOSTILE, toolIds: [toolId] },
  });
  await make('mutation ($input: RunAgentInput!) { runAgent(input: $input) { id } }', {
    ...{ agentId, task: `${HOSTILE}\n${HIDING}`, model: 'claude-sonnet-5-5', instanceId },
  });
  cluster.script.version = { gitVersion: 'v1.31.2' };
  cluster.script.namespaces = ['shop', 'default'];
  await admin.ok(CLUSTERS.register, { input: { name: HOSTILE, kubeconfig: cluster.kubeconfig() } });
  await startTriage(admin, { instanceId, prompt: HOSTILE, incident: JSON.stringify({ alert: HOSTILE }) });
}

beforeAll(async () => {
  rig = await DashboardRig.start();
  await prepare();
}, 240_000);
afterAll(() => rig?.close(), 60_000);

/** Each page, what shows that it is drawn, and what is opened on it to be looked at as well. */
const PAGES: readonly {
  name: string;
  path: () => string;
  ready: string;
  open?: readonly string[];
  /** Whether it shows text that would turn itself around. */
  hides?: boolean;
}[] = [
  { name: 'start-triage', path: () => '/triage', ready: 'button:has-text("Start the triage")' },
  { name: 'instances', path: () => '/instances', ready: 'table', open: ['New instance'] },
  {
    name: 'instance',
    path: () => `/instances/${instanceId}`,
    ready: 'form',
    open: [
      'Configure: Claude Code',
      'Rotate key: Claude Code',
      'Test connection: Claude Code',
      'Limits: Claude Code',
      'Environment: Claude Code',
      'Keys: Claude Code',
      'Stop',
    ],
  },
  { name: 'usage', path: () => '/usage', ready: 'canvas' },
  { name: 'tools', path: () => '/tools', ready: 'table', open: ['New tool', `Delete ${HOSTILE}`], hides: true },
  {
    name: 'agents',
    path: () => '/agents',
    ready: 'table >> nth=1',
    open: ['New agent', `Run ${HOSTILE}`, `Read the answer of ${HOSTILE}`],
    hides: true,
  },
  { name: 'clusters', path: () => '/clusters', ready: 'table', open: ['Register a cluster', `Show ${HOSTILE}`] },
  { name: 'audit', path: () => '/audit', ready: 'table', hides: true },
];

async function look(page: Page, name: string): Promise<void> {
  // Spinners are gone once everything was read.
  await page.locator('[role=status] > span[aria-hidden]').first().waitFor({ state: 'detached' });
  await screenshot(page, name);
  expect({ name, violations: await axeViolations(page) }).toEqual({ name, violations: [] });
}

describe.each(['light', 'dark'] as const)('in %s colours', (theme) => {
  it.each(PAGES)(
    '$name has no fault that axe finds, and does nothing with hostile names',
    async ({ name, path, ready, open = [], hides = false }) => {
      const { page, context, complaints } = await rig.open(path(), 'ADMIN', { theme });
      await page.locator(ready).first().waitFor();
      await look(page, `${name}-${theme}`);
      expect((await page.locator('#content').textContent())!.includes('<U+202E>')).toBe(hides);
      for (const [index, each] of open.entries()) {
        const opener = page.getByRole('button', { name: each, exact: true }).first();
        await opener.click();
        await page.getByRole('dialog').waitFor();
        await look(page, `${name}-${theme}-${index + 1}`);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        await opener.and(page.locator(':focus')).waitFor();
      }
      expect(await page.evaluate("document.body.textContent.includes('\\u202e')")).toBe(false);
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it("draws the chart in colours that stand out against the page's", async () => {
    const { page, context } = await rig.open('/usage', 'VIEWER', { theme });
    await page.locator('canvas').waitFor();
    const contrasts = await page.evaluate<number[]>(`(() => {
      const probe = document.body.appendChild(document.createElement('span'));
      const luminance = (name) => {
        probe.style.color = 'var(' + name + ')';
        const [r, g, b] = getComputedStyle(probe).color.match(/\\d+/g).map((part) => part / 255)
          .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = luminance('--surface');
      return Array.from({ length: 8 }, (_, index) => luminance('--chart-' + (index + 1)))
        .map((part) => (Math.max(part, ground) + 0.05) / (Math.min(part, ground) + 0.05));
    })()`);
    expect(contrasts).toHaveLength(8);
    expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(3);
    await context.close();
  });
});

describe('on a phone', () => {
  it.each(PAGES)('$name fits', async ({ name, path, ready }) => {
    const { page, context } = await rig.open(path(), 'ADMIN', { width: 360, height: 780 });
    await page.locator(ready).first().waitFor();
    await screenshot(page, `${name}-phone`);
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    await context.close();
  });
});

describe('a key that reads alone', () => {
  it.each(['/instances', '/tools', '/agents', '/clusters'])('finds nothing to change on %s, and why', async (path) => {
    const { page, context, complaints } = await rig.open(path, 'VIEWER');
    await page.locator('table').first().waitFor();
    await page
      .getByText(/This key is one of role VIEWER\. To .*, sign in with a key of role (ADMIN|OPERATOR)\./)
      .waitFor();
    const words = await page.locator('#content').getByRole('button').allTextContents();
    expect(words.filter((word) => /New|Edit|Delete|Run|Register|Update|Rotate|Stop/.test(word))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('without a server', () => {
  it('a page says so, and is there again once the server is', async () => {
    const { page, context } = await rig.open('/tools');
    await page.locator('table').waitFor();
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Clusters' }).click();
    await page
      .getByText(/could not be (shown|reached)/)
      .first()
      .waitFor();
    await screenshot(page, 'clusters-offline');
    await context.setOffline(false);
    await page.goto(page.url());
    await page.locator('table').waitFor();
    await page.getByRole('link', { name: 'Tools' }).click();
    await page.locator('table').waitFor();
    await page.route('**/graphql', (route) => route.abort('connectionrefused'));
    await page.getByRole('button', { name: `Delete ${HOSTILE}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').getByText('No answer from the server').waitFor();
    await page.keyboard.press('Escape');
    // Not read before: what is known would stay.
    await page.getByRole('link', { name: 'Agents' }).click();
    const words = page.getByText('No answer from the server').first();
    await words.waitFor();
    await page.unroute('**/graphql');
    // Nobody asks for it: the page tries again by itself.
    await words.waitFor({ state: 'detached' });
    await page.locator('table').first().waitFor();
    await context.close();
  });
});
