import { setTimeout as sleep } from 'node:timers/promises';

/** Of what `TestClient.ok` throws, and fetch: the server is away, or says that a part of it is and to try again. */
const isTold = (error: unknown): boolean => /^(TypeError: fetch failed|Error: HTTP 503:)/.test(String(error));

/** Does it again, as a client does, while the server is away or answers 503. */
export async function patiently<T>(work: () => Promise<T>, seconds = 60): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isTold(error) || Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
