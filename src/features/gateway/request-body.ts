import type { IncomingMessage } from 'node:http';
import type { MemoryShare } from './call-memory.js';

export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

/**
 * The whole body; a failure as soon as it is known that it is longer than any may be, or that the run's calls have no
 * memory left. Rejects when the sender goes away.
 */
export async function readRequestBody(
  request: IncomingMessage,
  memory: MemoryShare,
): Promise<Buffer | 'tooLarge' | 'tooMuchAtOnce'> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_REQUEST_BYTES) return 'tooLarge';
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > MAX_REQUEST_BYTES) return 'tooLarge';
    if (!memory.take(piece.length)) return 'tooMuchAtOnce';
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
