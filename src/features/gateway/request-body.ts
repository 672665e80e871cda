import type { IncomingMessage } from 'node:http';
import type { MemoryShare } from './call-memory.js';

export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

/**
 * The whole body; a failure as soon as it is known that it is longer than any may be, or that the run's calls have no
 * memory left. Rejects when the sender goes away.
 */
export function readRequestBody(
  request: IncomingMessage,
  memory: MemoryShare,
): Promise<Buffer | 'tooLarge' | 'tooMuchAtOnce'> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_REQUEST_BYTES) return Promise.resolve('tooLarge');
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | 'tooLarge' | 'tooMuchAtOnce'>();
  const pieces: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer): void => {
    length += piece.length;
    if (length > MAX_REQUEST_BYTES) refuse('tooLarge');
    else if (!memory.take(piece.length)) refuse('tooMuchAtOnce');
    else pieces.push(piece);
  };
  const refuse = (failure: 'tooLarge' | 'tooMuchAtOnce'): void => {
    request.off('data', take).pause();
    resolve(failure);
  };
  const gone = (): void => {
    if (!request.complete) reject(new Error('the agent closed its connection amid its request'));
  };
  request
    .on('data', take)
    .once('end', () => resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)))
    .once('error', reject)
    .once('close', gone);
  if (request.destroyed) gone();
  return promise;
}
