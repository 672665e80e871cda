import { expect } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A socket that keeps what it hears; raw, so that nothing of a client library is in the way. */
export class RawSocket {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  /** The text of every message, as it came. */
  readonly texts: string[] = [];
  readonly #messages: Message[] = [];
  #wake = Promise.withResolvers<undefined>();

  constructor(url: string, headers: Record<string, string> = {}, localAddress = '127.0.0.1') {
    const options = { headers, localAddress };
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
    this.closed = once(this.socket, 'close').then(([code]: number[]) => code!);
    this.socket.on('message', (data: Buffer) => {
      this.texts.push(data.toString());
      this.#messages.push(JSON.parse(data.toString()) as Message);
      this.#wake.resolve(undefined);
      this.#wake = Promise.withResolvers<undefined>();
    });
  }

  send(message: Message): void {
    this.socket.send(JSON.stringify(message));
  }

  async init(key?: string): Promise<this> {
    await once(this.socket, 'open');
    this.send({ type: 'connection_init', ...(key && { payload: { 'X-API-KEY': key } }) });
    return this;
  }

  /** The next message of the type, or of any. */
  async next(type?: string): Promise<Message> {
    for (;;) {
      const index = this.#messages.findIndex((message) => type === undefined || message.type === type);
      if (index >= 0) return this.#messages.splice(index, 1)[0]!;
      await Promise.race([
        this.#wake.promise,
        this.closed.then((code) => Promise.reject(new Error(`closed with ${code}`))),
      ]);
    }
  }

  async connected(key?: string): Promise<this> {
    await this.init(key);
    expect((await this.next()).type).toBe('connection_ack');
    return this;
  }

  subscribe(query: string, id = '1', variables = {}): void {
    this.send({ type: 'subscribe', id, payload: { query, variables } });
  }
}
