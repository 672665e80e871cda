import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Role } from '../../src/kernel/actor.js';
import { axeViolations, launchChromium, screenshot } from './browser.js';
import { openTcpGate } from './tcp-gate.js';
import type { TcpGate } from './tcp-gate.js';
import { startTenantsServer } from './tenants-server.js';
import type { TenantsServer } from './tenants-server.js';

const root = path.resolve(import.meta.dirname, '../..');

/** A page of the dashboard, and what it did beside showing. */
export interface DashboardPage {
  readonly page: Page;
  /** Errors and warnings of the console, what was thrown, dialogs: a broken rule of the content security policy among them. */
  readonly complaints: string[];
  /** Addresses that it asked for, sockets among them. */
  readonly requested: string[];
  /** Signs in on the page it shows; `/` unless it was opened elsewhere. */
  readonly signIn: (role?: Role) => Promise<void>;
  /** What axe finds wrong with what is shown now, one line for each fault. */
  readonly faults: () => Promise<string[]>;
  /** Leaves a picture of what is shown now. */
  readonly picture: (name: string) => Promise<void>;
}

export interface Dashboard {
  readonly server: TenantsServer;
  /** Between browser and server: what is shut here is a connection that was lost. */
  readonly gate: TcpGate;
  /** Of the gate. */
  readonly url: string;
  /** The tenant that pages sign in for. */
  readonly tenant: string;
  open(options?: BrowserContextOptions & { readonly at?: string }): Promise<DashboardPage>;
  close(): Promise<void>;
}

/** A real server with a fake runtime, and Chromium. Needs dist/ and chromium; builds the dashboard where it is stale. */
export async function openDashboard(environment: Readonly<Record<string, string>> = {}): Promise<Dashboard> {
  const tenant = 'acme';
  execFileSync(process.execPath, [path.join(root, 'scripts/build-dashboard.mjs')], { timeout: 120_000 });
  const server = await startTenantsServer({
    tenants: [tenant],
    environment: { RATE_LIMIT_REQUESTS: '10000', ...environment },
  });
  const gate = await openTcpGate('127.0.0.1', Number(new URL(server.url).port));
  const url = `http://127.0.0.1:${gate.port}`;
  const browser = await launchChromium();
  return {
    ...{ server, gate, url, tenant },
    async open({ at = '/', ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      const opened = watched(page, (role) => server.key(tenant, role));
      await page.goto(`${url}${at}`);
      return opened;
    },
    async close() {
      await browser.close();
      await gate.close();
      await server.close();
    },
  };
}

function watched(page: Page, keyOf: (role: Role) => string): DashboardPage {
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  page.on('websocket', (socket) => requested.push(socket.url()));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text().slice(0, 300));
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return {
    ...{ page, complaints, requested },
    async signIn(role = 'OPERATOR') {
      await page.getByLabel('API key').fill(keyOf(role));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
    },
    faults: () => axeViolations(page),
    picture: (name) => screenshot(page, name),
  };
}
