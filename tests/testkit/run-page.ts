import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';

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
const SCREENSHOTS = process.env.TRIAGED_SCREENSHOTS ?? path.resolve(import.meta.dirname, '../../.cache/screenshots');

export interface WatchedPage {
  readonly page: Page;
  /** Addresses that it asked for, but for data and blobs. */
  readonly requested: readonly string[];
  /** Errors and warnings of its console, and dialogs. */
  readonly complaints: readonly string[];
}

/** A browser whose pages are signed in with a key. */
export class DashboardBrowser {
  private constructor(
    readonly browser: Browser,
    private readonly home: string,
  ) {}

  static async launch(): Promise<DashboardBrowser> {
    const home = await mkdtemp(path.join(tmpdir(), 'triaged-browser-'));
    const launched = chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS, env: { HOME: home } });
    return new DashboardBrowser(await launched, home);
  }

  /** A page of its own, and what it asks for and complains of. */
  async open(
    url: string,
    apiKey: string,
    options: { readonly width?: number; readonly colorScheme?: 'dark' | 'light'; readonly bypassCSP?: boolean } = {},
  ): Promise<WatchedPage> {
    const { width = 1280, colorScheme = 'light', bypassCSP = false } = options;
    const context = await this.browser.newContext({
      viewport: { width, height: 800 },
      colorScheme,
      bypassCSP,
      acceptDownloads: true,
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await context.addInitScript(signIn, apiKey);
    const page = await context.newPage();
    const requested: string[] = [];
    const complaints: string[] = [];
    const note = (asked: string): void => {
      if (!/^(data|blob):/.test(asked)) requested.push(asked);
    };
    page.on('request', (request) => note(request.url()));
    page.on('websocket', (socket) => note(socket.url()));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text().slice(0, 300));
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(url);
    return { page, requested, complaints };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(this.home, { recursive: true, force: true });
  }
}

function signIn(apiKey: string): void {
  const { sessionStorage } = globalThis as unknown as {
    sessionStorage: { setItem(name: string, value: string): void };
  };
  sessionStorage.setItem('triaged.api-key', apiKey);
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the thread's own time. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * Milliseconds that the longest task kept the thread of a page busy while `work` was done. It is the thread's own time, so
 * that a machine which has other work does not count.
 */
export async function longestTask(
  { browser }: DashboardBrowser,
  page: Page,
  work: () => Promise<void>,
): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  let trace: Buffer;
  try {
    await work();
  } finally {
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { readonly traceEvents: readonly TraceEvent[] };
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) =>
      name === 'ThreadControllerImpl::RunTask' && threads.some((thread) => thread.pid === pid && thread.tid === tid),
  );
  if (tasks.length === 0) throw new Error('the trace has no task of a page');
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
}

/** Kept by CI, to be looked at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
}

/** Waits until the page has read so many bytes of the log, or all when it has ended. */
export async function awaitLog(page: Page, bytes: number | 'ended', seconds = 60): Promise<void> {
  const foot = page.locator('[data-log-size]');
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const [size, ended] = [await foot.getAttribute('data-log-size'), await foot.getAttribute('data-log-ended')];
    if (bytes === 'ended' ? ended === 'true' : Number(size) >= bytes) return;
    if (Date.now() > deadline) throw new Error(`the page has read ${size} bytes, ended: ${ended}`);
    await sleep(100);
  }
}

/** What is seen of the log, row after row. */
export const seenRows = (page: Page): Promise<readonly string[]> =>
  page.evaluate(
    `Array.from(document.querySelectorAll('.xterm-rows > div, .log-row .log-text'), (row) => row.textContent.replaceAll('\\u00a0', ' ').trimEnd())`,
  );
