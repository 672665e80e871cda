import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { MeteringTap } from './metering-tap.js';

/**
 * Passes an answer on piece by piece, each as soon as it has come and the tap has seen it; waits where the agent is slower
 * than its provider. Rejects when either side goes away. By events: an async iterator of a stream costs each call more than
 * all that is written here.
 */
export function relay(answer: Readable, tap: MeteringTap, response: ServerResponse): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = (): void => void answer.destroy();
  const goOn = (): void => void answer.resume();
  const finish = (): void => {
    if (response.destroyed) return reject(new Error('the agent closed its connection'));
    response.end();
    resolve();
  };
  answer
    .on('data', (bytes: Buffer) => {
      const shown = tap.show(bytes);
      if (!shown) {
        if (!response.write(bytes)) answer.pause();
        return;
      }
      answer.pause();
      void shown.then(() => {
        if (response.write(bytes)) answer.resume();
      });
    })
    .once('end', () => void tap.end().then(finish))
    .once('error', reject)
    // After an end or error, it changes nothing.
    .once('close', () => answer.readableEnded || reject(new Error('the answer was closed before its end')));
  response.on('drain', goOn).once('close', stop);
  if (response.destroyed) stop();
  return promise.finally(() => {
    response.off('drain', goOn).off('close', stop);
    tap.close();
  });
}
