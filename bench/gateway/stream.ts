import { once } from 'node:events';
import { connect } from 'node:net';
import { callOf, type Target } from './call.js';

const WITHIN_MS = 30_000;

/**
 * When each event of one streamed answer arrived, in ms since the request was sent. One event comes with the head or
 * behind it; where two come at once, both have that time.
 */
export async function arrivals(target: Target): Promise<number[]> {
  const socket = typeof target.at === 'number' ? connect(target.at, '127.0.0.1') : connect(target.at);
  const timer = setTimeout(() => socket.destroy(new Error(`${target.name} did not end its stream.`)), WITHIN_MS);
  try {
    await once(socket, 'connect');
    const times: number[] = [];
    const began = performance.now();
    socket.write(callOf(target, 'long', { stream: true }));
    let text = '';
    for await (const piece of socket) {
      text += (piece as Buffer).toString('latin1');
      const seen = text.split('\nevent: ').length - 1;
      while (times.length < seen) times.push(performance.now() - began);
      if (text.includes('message_stop')) break;
    }
    if (!text.startsWith('HTTP/1.1 200')) throw new Error(`${target.name} answered ${text.slice(0, 200)}`);
    return times;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
