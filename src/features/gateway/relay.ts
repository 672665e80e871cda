import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { MeteringTap } from './metering-tap.js';

/**
 * Passes an answer on piece by piece, each as soon as it has come and the tap has seen it; waits where the agent is slower
 * than its provider. Rejects when either side goes away.
 */
export async function relay(answer: Readable, tap: MeteringTap, response: ServerResponse): Promise<void> {
  const stop = (): void => void answer.destroy();
  response.once('close', stop);
  try {
    for await (const bytes of answer as AsyncIterable<Buffer>) {
      const shown = tap.show(bytes);
      if (shown) await shown;
      if (!response.write(bytes)) await roomIn(response);
    }
    await tap.end();
    if (response.destroyed) throw new Error('the agent closed its connection');
    response.end();
  } finally {
    response.off('close', stop);
    tap.close();
  }
}

/** Resolves when the response takes more, or has been closed. */
async function roomIn(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const settled = new AbortController();
  try {
    await Promise.race(['drain', 'close'].map((event) => once(response, event, { signal: settled.signal })));
  } finally {
    settled.abort();
  }
}
