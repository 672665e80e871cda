import type { Readable } from 'node:stream';

/** All that the stream holds; undefined when that is more than `maxBytes`. Ends the stream in any case; rejects when the signal is aborted. */
export async function boundedText(body: Readable, maxBytes: number, signal: AbortSignal): Promise<string | undefined> {
  const abort = (): void => discard(body);
  signal.addEventListener('abort', abort, { once: true });
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > maxBytes) return undefined;
      pieces.push(piece);
    }
    signal.throwIfAborted();
    return Buffer.concat(pieces).toString();
  } finally {
    signal.removeEventListener('abort', abort);
    discard(body);
  }
}

/** Ends a stream; that one which is not read to its end fails is known. */
export function discard(body: Readable): void {
  body.on('error', () => undefined).destroy();
}
