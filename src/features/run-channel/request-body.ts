import type { IncomingMessage } from 'node:http';
import { ChannelRefusal } from './channel-refusal.js';

/** The whole body, in the beginning of `into`; throws a 413 refusal when it has, or claims to have, more than fits. */
export async function readBody(request: IncomingMessage, into: Buffer): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > into.length) throw tooLarge(into.length);
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (chunk.length > into.length - length) throw tooLarge(into.length);
    length += chunk.copy(into, length);
  }
  return into.subarray(0, length);
}

const tooLarge = (maxBytes: number): ChannelRefusal =>
  new ChannelRefusal(413, `A body here has at most ${maxBytes} bytes.`);
