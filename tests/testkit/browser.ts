import axe from 'axe-core';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Without the sandbox, since tests may run as root; without what would call home. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Where CI keeps what pages looked like. */
const SCREENSHOTS = process.env.TRIAGED_SCREENSHOTS ?? path.resolve(import.meta.dirname, '../../.cache/screenshots');

export interface OwnBrowser extends Pick<Browser, 'newContext'> {
  close(): Promise<void>;
}

/** Real Chromium, with a home of its own. */
export async function launchChromium(): Promise<OwnBrowser> {
  const home = await mkdtemp(path.join(tmpdir(), 'triaged-browser-'));
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS, env: { HOME: home } });
  return {
    newContext: (options) => browser.newContext(options),
    async close() {
      await browser.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the console, errors that nobody caught, dialogs; none is expected. */
  readonly complaints: string[];
  /** What it asked for, but for data and blobs. */
  readonly requested: string[];
}

export interface PageOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** The dashboard in Chromium, signed in with an API key. */
export class TestBrowser {
  readonly #contexts: BrowserContext[] = [];

  private constructor(private readonly browser: OwnBrowser) {}

  static async start(): Promise<TestBrowser> {
    return new TestBrowser(await launchChromium());
  }

  /** A page of a context of its own, at `address`, where `apiKey` is that of the tab. */
  async open(address: string, apiKey: string, options: PageOptions = {}): Promise<OpenedPage> {
    const { theme = 'light', width = 1280, height = 900 } = options;
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme: theme });
    this.#contexts.push(context);
    await context.addInitScript((key) => sessionStorage.setItem('triaged.api-key', key), apiKey);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const complaints: string[] = [];
    page.on('console', (message) => {
      // Chromium says so of every refusal and lost answer; what the page makes of it is the test's to see.
      const isAnswer =
        /^Failed to load resource: (the server responded with a status of 4|net::ERR_(CONNECTION|INTERNET))/.test(
          message.text(),
        );
      if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(message.text().slice(0, 300));
    });
    const requested: string[] = [];
    const note = (asked: string): void => {
      if (!/^(data|blob):/.test(asked)) requested.push(asked);
    };
    page.on('request', (request) => note(request.url()));
    page.on('websocket', (socket) => note(socket.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(address);
    return { page, context, complaints, requested };
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
    await this.browser.close();
  }
}

/** What axe finds wrong with the page as it stands, one line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })",
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${String(target)}: ${failureSummary ?? ''}`),
  );
}

/** By how many pixels the page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Keeps what the page looks like, as `name`.png. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
}
