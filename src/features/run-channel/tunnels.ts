import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { joinSockets } from '../../../agent-image/triaged-init/tunnel.js';
import type { ChannelRefusal } from './channel-refusal.js';

/** A watch of the cluster's is seldom silent for a minute. */
const IDLE_MS = 10 * 60_000;
const KEEP_ALIVE_MS = 30_000;
const FAREWELL_MS = 5_000;

/** The tunnels (CONNECT) of one run. HTTP's server forgets a connection that has become one, so it is held here. */
export class Tunnels {
  readonly #clients = new Set<Socket>();
  #isCut = false;

  constructor(private readonly refusalOf: (error: unknown) => ChannelRefusal) {}

  /** Answers a CONNECT; never rejects. `dial` makes the connection that it leads to. */
  async make(client: Socket, head: Buffer, dial: (gone: AbortSignal) => Promise<Socket>): Promise<void> {
    const gone = new AbortController();
    this.#clients.add(client);
    client.on('error', () => client.destroy());
    client.on('close', () => {
      this.#clients.delete(client);
      gone.abort();
    });
    if (this.#isCut) {
      client.destroy();
      return;
    }
    try {
      const onward = await dial(gone.signal);
      if (client.destroyed) {
        onward.destroy();
        return;
      }
      onward.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) onward.write(head);
      joinSockets(client, onward, IDLE_MS);
    } catch (error) {
      if (client.destroyed) return;
      // What it still sends is read, because closing on it would cut the answer.
      client.setTimeout(FAREWELL_MS, () => client.destroy()).resume();
      client.end(answerOf(this.refusalOf(error)));
    }
  }

  /** Cuts every tunnel, and every later one. */
  cut(): void {
    this.#isCut = true;
    for (const client of this.#clients) client.destroy();
  }
}

function answerOf({ status, message }: ChannelRefusal): string {
  const body = JSON.stringify({ message });
  const headers = [
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...(status === 503 ? ['retry-after: 2'] : []),
  ];
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}
