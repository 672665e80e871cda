const FIN = 0x80;

/** Takes a WebSocket's bytes apart as they come. What it gives is valid during the call only. */
export class FrameReader {
  #held = Buffer.alloc(0);

  constructor(private readonly onFrame: (opcode: number, fin: boolean, payload: Buffer) => void) {}

  take(bytes: Buffer): void {
    const all = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    let at = 0;
    for (;;) {
      const short = all.length - at >= 2 ? all[at + 1]! & 0x7f : -1;
      const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
      if (short < 0 || all.length < start) break;
      const length =
        short === 126 ? all.readUInt16BE(at + 2) : short === 127 ? Number(all.readBigUInt64BE(at + 2)) : short;
      if (all.length < start + length) break;
      this.onFrame(all[at]! & 0x0f, (all[at]! & FIN) !== 0, all.subarray(start, start + length));
      at = start + length;
    }
    // A copy: the bytes belong to the socket's buffer.
    this.#held = at < all.length ? Buffer.from(all.subarray(at)) : Buffer.alloc(0);
  }
}

/** A client's frame. Masked with zeros, which is a mask like any other and leaves the payload as it is. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const head = payload.length < 126 ? Buffer.from([FIN | opcode, FIN | payload.length]) : Buffer.alloc(4);
  if (payload.length >= 126) {
    head.set([FIN | opcode, FIN | 126]);
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}
