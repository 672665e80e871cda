import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../harness/statistics.js';
import type { LiveProduct } from './live-run.js';

export interface DelayFigures {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Milliseconds from the agent's write to each of so many subscribers, at a hundred lines a second. */
export async function delayOfProduct(product: LiveProduct, count: number, lines: number): Promise<DelayFigures> {
  const delays: number[] = [];
  const onNext = (payload: Buffer): void => {
    const now = process.hrtime.bigint();
    for (const [written] of payload.toString('latin1').matchAll(/\d{12,}(?=\\n)/g))
      delays.push(Number(now - BigInt(written)) / 1e6);
  };
  await product.follow({ lines }, { count, onNext }, async (subscribers, go) => {
    await go();
    // Each line is at least 12 digits and a newline.
    await subscribers.reach(lines * 13);
    await delay(100);
  });
  if (delays.length !== lines * count)
    throw new Error(`${delays.length} lines came, not ${lines} to each of ${count}.`);
  return { p50: quantile(delays, 0.5), p95: quantile(delays, 0.95), p99: quantile(delays, 0.99) };
}
