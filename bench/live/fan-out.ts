import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PeerServer } from '../harness/peers.js';
import { cpuMs } from '../harness/process-time.js';
import { publish, subscribeToPeer } from './line-per-event.js';
import { LINE_BYTES, makeLines } from './live-agent.js';
import type { LiveProduct } from './live-run.js';
import type { Subscribers } from './subscribers.js';

export interface FanOutFigures {
  /** Lines that came to subscribers, millions a second: a line that came to a hundred counts a hundred times. */
  readonly millionLines: number;
  /** The server's, for each line and subscriber. */
  readonly cpuNs: number;
  readonly messages: number;
  /** The share of one core that the subscribers' process used: near 1 it is what limits. */
  readonly generatorShare: number;
}

/** From the word to go until the last subscriber has the last line. */
async function timed(
  pid: number,
  subscribers: Subscribers,
  { count, lines }: { readonly count: number; readonly lines: number },
  go: () => Promise<void>,
): Promise<FanOutFigures> {
  const [cpuBefore, ownBefore, began] = [await cpuMs(pid), process.cpuUsage(), performance.now()];
  await go();
  await subscribers.reach(lines * LINE_BYTES);
  const elapsed = performance.now() - began;
  const [cpu, own] = [(await cpuMs(pid)) - cpuBefore, process.cpuUsage(ownBefore)];
  return {
    millionLines: (count * lines) / elapsed / 1e3,
    cpuNs: (cpu * 1e6) / (count * lines),
    messages: subscribers.messages,
    generatorShare: (own.user + own.system) / 1e3 / elapsed,
  };
}

/** The agent's output as it comes: what the server does to take it in is in the figures. */
export async function fanOutOfProduct(product: LiveProduct, count: number, lines: number): Promise<FanOutFigures> {
  const file = path.join(product.folder, 'lines');
  await writeFile(file, makeLines(lines));
  return product.follow({ file }, { count }, (subscribers, go) =>
    timed(product.server.pid, subscribers, { count, lines }, go),
  );
}

export async function fanOutOfPeer(peer: PeerServer, count: number, lines: number): Promise<FanOutFigures> {
  const subscribers = await subscribeToPeer(peer, count);
  try {
    const figures = await timed(peer.pid, subscribers, { count, lines }, () => publish(peer, lines));
    subscribers.check(makeLines(lines));
    return figures;
  } finally {
    subscribers.close();
  }
}
