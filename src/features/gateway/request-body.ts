import type { IncomingMessage } from 'node:http';

export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

/** The whole body; `too-large` past the limit, as soon as that is known; rejects when the sender goes away. */
export async function readRequestBody(
  request: IncomingMessage,
  maxBytes = MAX_REQUEST_BYTES,
): Promise<Buffer | 'too-large'> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return 'too-large';
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > maxBytes) return 'too-large';
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
