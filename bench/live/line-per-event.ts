import { setTimeout as delay } from 'node:timers/promises';
import { startPeer, type PeerServer } from '../harness/peers.js';
import { Subscribers } from './subscribers.js';

/** So many subscribers of the peer, all of which are there. */
export async function subscribeToPeer({ port }: PeerServer, count: number): Promise<Subscribers> {
  const subscribers = await Subscribers.open({ port, apiKey: 'none', runId: 'peer', count });
  while ((await (await fetch(`http://127.0.0.1:${port}/subscribers`)).text()) !== String(count)) await delay(20);
  return subscribers;
}

export const publish = async ({ port }: PeerServer, lines: number): Promise<void> => {
  await fetch(`http://127.0.0.1:${port}/go?lines=${lines}`, { method: 'POST' });
};

export const startLinePerEvent = (root: string): Promise<PeerServer> => startPeer(root, 'line-per-event', {});
