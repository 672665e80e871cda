import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { NextText } from './shared-answers.js';

/**
 * The way out of one socket. What is sent resolves when its bytes were handed over to the system, which a reader who does
 * not read puts off: whoever waits for it before it makes more holds one message for a slow client, and no more. On a
 * socket that closes nothing is sent, and it resolves when that has closed: nobody makes more for it meanwhile.
 */
export class SocketOutlet {
  /** Called when the other end has made room: a sign of life, for it has read what filled the system's buffers. */
  onRoom: () => void = () => undefined;
  readonly #closed: Promise<void>;

  constructor(
    private readonly socket: WebSocket,
    /** Below the WebSocket. */
    private readonly transport: Duplex,
  ) {
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  send(text: string): Promise<void> {
    return this.#handOver((done) => this.socket.send(text, done));
  }

  /** A Next message; its bytes from the payload on are those of all who are sent it. */
  sendNext(id: string, text: NextText): Promise<void> {
    const start = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    if (typeof text === 'string') return this.send(start + text);
    // Two fragments of one message: nothing is copied. Corked, they are one system call.
    return this.#handOver((done) => {
      this.transport.cork();
      this.socket.send(start, { fin: false });
      this.socket.send(text, { fin: true, binary: false }, done);
      this.transport.uncork();
    });
  }

  #handOver(send: (done: (error?: Error | null) => void) => void): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) return this.#closed;
    return new Promise((resolve, reject) => {
      let waits = false;
      send((error) => {
        if (!error) resolve();
        else if (this.socket.readyState === WebSocket.OPEN) reject(error);
        else resolve(this.#closed);
        if (waits && !error) this.onRoom();
      });
      waits = this.socket.bufferedAmount > 0;
    });
  }
}
