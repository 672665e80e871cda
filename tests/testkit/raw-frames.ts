import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly fin: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

export interface FrameOptions {
  readonly fin?: boolean;
  /** Clients must mask; a server has to refuse what is not. */
  readonly masked?: boolean;
}

/** A WebSocket client made of nothing but bytes (RFC 6455): what it sends may be wrong, and it answers nothing by itself. */
export class FrameSocket {
  readonly frames: Frame[] = [];
  /** How many bytes have come. */
  received = 0;
  #buffer = Buffer.alloc(0);
  #ended = false;
  #wake = Promise.withResolvers<undefined>();

  private constructor(
    readonly tcp: net.Socket,
    /** Of the answer to the upgrade. */
    readonly head: string,
  ) {}

  /** Resolves when the server has answered the upgrade with 101 and the accept of our key. */
  static async open(url: string, protocol: string | undefined = 'graphql-transport-ws'): Promise<FrameSocket> {
    const { hostname, port, host } = new URL(url);
    const tcp = net.connect(Number(port), hostname);
    await once(tcp, 'connect');
    const key = randomBytes(16).toString('base64');
    const lines = ['GET /graphql HTTP/1.1', `Host: ${host}`, 'Upgrade: websocket', 'Connection: Upgrade'];
    lines.push(`Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13');
    if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
    tcp.write(`${lines.join('\r\n')}\r\n\r\n`);
    let bytes = Buffer.alloc(0);
    while (!bytes.includes('\r\n\r\n')) bytes = Buffer.concat([bytes, ((await once(tcp, 'data')) as [Buffer])[0]]);
    const end = bytes.indexOf('\r\n\r\n') + 4;
    const head = bytes.toString('latin1', 0, end);
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    if (!head.startsWith('HTTP/1.1 101') || !head.includes(`Sec-WebSocket-Accept: ${accept}\r\n`)) {
      tcp.destroy();
      throw new Error(`no upgrade: ${head}`);
    }
    const socket = new FrameSocket(tcp, head);
    socket.#take(bytes.subarray(end));
    tcp.on('data', (data: Buffer) => socket.#take(data));
    tcp.on('error', () => undefined);
    tcp.on('close', () => {
      socket.#ended = true;
      socket.#wake.resolve(undefined);
    });
    return socket;
  }

  frame(opcode: number, payload: string | Buffer, { fin = true, masked = true }: FrameOptions = {}): void {
    const bytes = Buffer.from(payload as string);
    const mask = masked ? randomBytes(4) : Buffer.alloc(0);
    const length: number[] = bytes.length < 126 ? [bytes.length] : bytes.length < 65_536 ? [126, 0, 0] : [127];
    if (bytes.length >= 65_536) length.push(...new Uint8Array(8));
    const head = Buffer.from([(fin ? 0x80 : 0) | opcode, ...length]);
    if (length.length === 3) head.writeUInt16BE(bytes.length, 2);
    if (length.length === 9) head.writeBigUInt64BE(BigInt(bytes.length), 2);
    if (masked) {
      head[1]! |= 0x80;
      bytes.forEach((byte, index) => (bytes[index] = byte ^ mask[index % 4]!));
    }
    this.tcp.write(Buffer.concat([head, mask, bytes]));
  }

  say(message: unknown): void {
    this.frame(OPCODE.text, JSON.stringify(message));
  }

  /** The next frame; rejects when the connection ends first. */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame) return frame;
      if (this.#ended) throw new Error('the connection has ended');
      await this.#wake.promise;
    }
  }

  /** The next message, whole, parsed. Skips pings. */
  async message(): Promise<Record<string, unknown>> {
    const pieces: Buffer[] = [];
    for (;;) {
      const { fin, opcode, payload } = await this.next();
      if (opcode === OPCODE.ping) continue;
      if (opcode === OPCODE.close) throw new Error(`closed with ${payload.readUInt16BE(0)}`);
      pieces.push(payload);
      if (fin) return JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>;
    }
  }

  /** Code and reason of the close frame, skipping what comes before; answers it, as a client must. */
  async closed(): Promise<readonly [number, string]> {
    for (;;) {
      const { opcode, payload } = await this.next();
      if (opcode !== OPCODE.close) continue;
      this.frame(OPCODE.close, payload.subarray(0, 2));
      return [payload.readUInt16BE(0), payload.toString('utf8', 2)];
    }
  }

  /** Whether the connection has ended, in whatever way. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  async ended(): Promise<void> {
    while (!this.#ended) await this.#wake.promise;
  }

  async greet(key: string): Promise<this> {
    this.say({ type: 'connection_init', payload: { 'X-API-KEY': key } });
    const { type } = await this.message();
    if (type !== 'connection_ack') throw new Error(`greeted with ${String(type)}`);
    return this;
  }

  #take(data: Buffer): void {
    this.received += data.length;
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const [first, second] = this.#buffer;
      if (first === undefined || second === undefined) break;
      const short = second & 0x7f;
      const start = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.#buffer.length < start) break;
      const length =
        short === 126 ? this.#buffer.readUInt16BE(2) : short === 127 ? Number(this.#buffer.readBigUInt64BE(2)) : short;
      if (this.#buffer.length < start + length) break;
      const payload = Buffer.from(this.#buffer.subarray(start, start + length));
      this.frames.push({ fin: (first & 0x80) !== 0, opcode: first & 0x0f, payload });
      this.#buffer = this.#buffer.subarray(start + length);
    }
    this.#wake.resolve(undefined);
    this.#wake = Promise.withResolvers<undefined>();
  }
}
