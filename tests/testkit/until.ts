import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once the condition holds; fails loudly when it does not in time. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 5000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    if (await condition()) return;
    await sleep(5);
  }
  throw new Error(`not within ${limitMs} ms: ${condition.toString()}`);
}
