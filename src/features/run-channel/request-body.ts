import type { IncomingMessage } from 'node:http';
import { ChannelRefusal } from './channel-refusal.js';

/** The whole body; throws a 413 refusal when it has, or claims to have, more than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}

const tooLarge = (maxBytes: number): ChannelRefusal =>
  new ChannelRefusal(413, `A body here has at most ${maxBytes} bytes.`);
