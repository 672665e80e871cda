import { setTimeout as delay } from 'node:timers/promises';
import type { Triaged } from '../../sdk/src/index.js';
import { TriageRunDocument } from '../../sdk/src/generated/graphql.js';

/** Resolves when the run has ended. Throws unless it SUCCEEDED. */
export async function expectSuccess(api: Triaged, id: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const { triageRun } = await api.request(TriageRunDocument, { id });
    if (triageRun.endedAt !== null) {
      if (triageRun.state === 'SUCCEEDED') return;
      throw new Error(`Run ${id} ended ${triageRun.state}: ${triageRun.failure?.message ?? 'no reason given'}`);
    }
    await delay(100);
  }
  throw new Error(`Run ${id} did not end.`);
}
