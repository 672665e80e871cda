import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { clientFrame, FrameReader } from './frame-reader.js';

const TEXT = 1;
const PING = 9;
const PONG = 10;
/** All ids have the same length, so that what comes before a payload has. */
const idOf = (number: number): string => `s${String(number).padStart(6, '0')}`;
const startOf = (id: string): string => `{"id":"${id}","type":"next","payload":`;
const START_LENGTH = startOf(idOf(0)).length;
const PAYLOAD = /^\{"data":\{"triageOutput":\{"offset":(\d+),"nextOffset":(\d+),"data":/;
const WITHIN_MS = 120_000;

const QUERY = `subscription ($runId: ID!) {
  triageOutput(runId: $runId) { offset nextOffset data } }`;

export interface SubscribersOptions {
  readonly port: number;
  readonly apiKey: string;
  readonly runId: string;
  readonly count: number;
  /** Told of each message: whose, and its payload as bytes. */
  readonly onNext?: (payload: Buffer) => void;
}

/** A server lets a tenant have 500 sockets: above 250 subscribers share them. */
const SOCKETS = 250;

interface Subscriber {
  offset: number;
}

/**
 * Subscribers of one run's output over graphql-transport-ws, as lean as can be: messages are compared, byte for byte, with
 * the first of its kind, and those few are compared with the log afterwards. A message that is wrong is an error at once.
 */
export class Subscribers {
  readonly #sockets: net.Socket[] = [];
  readonly #subscribers: Subscriber[] = [];
  /** By the offsets that they cover, from the payload on. */
  readonly #payloads = new Map<string, Buffer>();
  #fault: Error | undefined;
  messages = 0;

  private constructor(private readonly options: SubscribersOptions) {}

  /** Resolves when all have subscribed; a message may not have come yet. */
  static async open(options: SubscribersOptions): Promise<Subscribers> {
    const own = new Subscribers(options);
    const sockets = Math.min(SOCKETS, options.count);
    for (let number = 0; number < options.count; number += 1) own.#subscribers.push({ offset: 0 });
    for (let from = 0; from < sockets; from += 50) {
      const some = Array.from({ length: Math.min(50, sockets - from) }, (_, index) => from + index);
      await Promise.all(some.map((index) => own.#connect(index, sockets)));
    }
    return own;
  }

  /** Resolves when all, but for so many that were stalled, have come to the offset. */
  async reach(offset: number, but = 0): Promise<void> {
    for (const began = performance.now(); performance.now() - began < WITHIN_MS; await delay(2)) {
      if (this.#fault) throw this.#fault;
      if (this.#subscribers.slice(but).every((subscriber) => subscriber.offset >= offset)) return;
    }
    throw new Error(`A subscriber did not come to ${offset} in time.`);
  }

  /** The first so many read nothing until `resume`; there must not be more subscribers than sockets. */
  stall(count: number): void {
    for (const socket of this.#sockets.slice(0, count)) socket.pause();
  }

  resume(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  /** Throws unless what came is the log. What each subscriber got is made of the pieces that are compared here. */
  check(log: Buffer): void {
    if (this.#fault) throw this.#fault;
    for (const [key, payload] of this.#payloads) {
      const [from, to] = key.split(' ').map(Number);
      // What follows the payload closes the message.
      const { data } = JSON.parse(payload.toString('utf8', 0, payload.length - 1)) as {
        data: { triageOutput: { data: string } };
      };
      if (data.triageOutput.data !== log.toString('utf8', from, to)) throw new Error(`Bytes ${key} are not the log's.`);
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #connect(index: number, sockets: number): Promise<void> {
    const upgraded = Promise.withResolvers<void>();
    const acknowledged = Promise.withResolvers<void>();
    let head = '';
    let start: string | undefined;
    const reader = new FrameReader((opcode, fin, payload) => {
      if (opcode === PING) socket.write(clientFrame(PONG, Buffer.from(payload)));
      else if (opcode > 7) this.#fail(`a socket closed: ${payload.toString('utf8', 2)}`);
      else if (!fin) start = payload.toString();
      else if (start !== undefined) {
        this.#next(start, payload);
        start = undefined;
      } else if (payload.toString('latin1', 15, 29) === ',"type":"next"')
        this.#next(payload.toString('latin1', 0, START_LENGTH), payload.subarray(START_LENGTH));
      else if (payload.includes('"connection_ack"')) acknowledged.resolve();
      else if (!payload.includes('"complete"')) this.#fail(payload.toString());
    });
    const take = (bytes: Buffer): void => {
      if (head.endsWith('\r\n\r\n')) {
        reader.take(bytes);
        return;
      }
      const text = head + bytes.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      head = end < 0 ? text : text.slice(0, end + 4);
      if (end < 0) return;
      if (head.startsWith('HTTP/1.1 101')) upgraded.resolve();
      else upgraded.reject(new Error(head.split('\r\n')[0]));
      const rest = Buffer.from(text.slice(end + 4), 'latin1');
      if (rest.length > 0) reader.take(rest);
    };
    const socket = net.connect({
      host: '127.0.0.1',
      port: this.options.port,
      onread: {
        buffer: () => SHARED_BUFFER,
        callback: (length, buffer) => {
          take(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    });
    socket.on('error', (error) => this.#fail(error.message));
    this.#sockets[index] = socket;
    await once(socket, 'connect');
    socket.setNoDelay(true);
    socket.write(
      'GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    await upgraded.promise;
    const send = (message: object): void => {
      socket.write(clientFrame(TEXT, Buffer.from(JSON.stringify(message))));
    };
    send({ type: 'connection_init', payload: { 'X-API-KEY': this.options.apiKey } });
    await acknowledged.promise;
    const variables = { runId: this.options.runId };
    for (let number = index; number < this.options.count; number += sockets)
      send({ type: 'subscribe', id: idOf(number), payload: { query: QUERY, variables } });
  }

  #next(start: string, payload: Buffer): void {
    const id = start.slice(7, 14);
    const subscriber = this.#subscribers[Number(id.slice(1))];
    const covered = PAYLOAD.exec(payload.toString('latin1', 0, 120));
    if (!subscriber || !covered || start !== startOf(id)) return this.#fail(start + payload.toString('utf8', 0, 300));
    const [, from, to] = covered;
    if (subscriber.offset !== Number(from)) return this.#fail(`${id} got ${from} after ${subscriber.offset}`);
    subscriber.offset = Number(to);
    this.messages += 1;
    const key = `${from} ${to}`;
    const known = this.#payloads.get(key);
    if (!known) this.#payloads.set(key, Buffer.from(payload));
    else if (!known.equals(payload)) return this.#fail(`${id} was told something else of ${key}`);
    this.options.onNext?.(payload);
  }

  #fail(reason: string): void {
    this.#fault ??= new Error(`A subscriber: ${reason}`);
  }
}

/** One for all sockets: each reads into it, and is done with it, in turn. */
const SHARED_BUFFER = Buffer.allocUnsafe(512 * 1024);
