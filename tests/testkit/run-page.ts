import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

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
export async function longestTask(page: Page, work: () => Promise<void>): Promise<number> {
  const browser = page.context().browser()!;
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
  const times = tasks.flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1000]));
  if (times.length === 0) throw new Error("the trace has no task of a page with the thread's own time");
  return times.reduce((longest, ms) => Math.max(longest, ms), 0);
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

/** What the browser saves when the button is pressed. */
export async function savedBy(page: Page, button: string): Promise<{ bytes: Buffer; name: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return { bytes: await readFile(await download.path()), name: download.suggestedFilename() };
}
