import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { MeteringTap } from './metering-tap.js';

/**
 * Passes an answer on piece by piece, each as soon as it has come and the tap has seen it; waits where the agent is slower
 * than its provider. Rejects when either side goes away, or the tap throws. By events: an async iterator of a stream costs each call more than
 * all that is written here.
 */
export function relay(answer: Readable, tap: MeteringTap, response: ServerResponse): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = (): void => void answer.destroy();
  const goOn = (): void => void answer.resume();
  // What a listener throws would end the process.
  const fail = (error: unknown): void => {
    reject(error);
    // Its end may be on the way already.
    answer.off('end', end);
    stop();
  };
  const end = (): void => void tap.end().then(finish).catch(fail);
  const pass = (bytes: Buffer): void => {
    const shown = tap.show(bytes);
    if (!shown) {
      if (!response.write(bytes)) answer.pause();
      return;
    }
    answer.pause();
    shown
      .then(() => {
        if (response.write(bytes)) answer.resume();
      })
      .catch(fail);
  };
  const finish = (): void => {
    if (response.destroyed) return reject(new Error('the agent closed its connection'));
    response.end();
    resolve();
  };
  answer
    .on('data', (bytes: Buffer) => {
      try {
        pass(bytes);
      } catch (error) {
        fail(error);
      }
    })
    .once('end', end)
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
