import { setTimeout as delay } from 'node:timers/promises';
import { TriageOutputDocument } from '../sdk/src/generated/graphql.js';
import { ConnectionLost, type ApiClient } from './api-client.js';

export interface FollowOptions {
  readonly api: Pick<ApiClient, 'subscribe'>;
  readonly runId: string;
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onReconnect: (offset: number) => void;
  readonly signal: AbortSignal;
  /** Doubled with each failure in a row, up to five seconds. */
  readonly firstDelayMs?: number;
}

const MAX_FAILURES = 10;

/** Hands over every byte of a run's log, once and in order, until its end; a lost connection is resumed at its offset. */
export async function followOutput(options: FollowOptions): Promise<number> {
  const { api, runId, signal, firstDelayMs = 200 } = options;
  let offset = 0;
  for (let failures = 0; ;) {
    try {
      const variables = { runId, fromOffset: offset, encoding: 'BASE64' as const };
      for await (const { triageOutput: chunk } of api.subscribe(TriageOutputDocument, variables, signal)) {
        options.onBytes(Buffer.from(chunk.data, 'base64'));
        offset = chunk.nextOffset;
        failures = 0;
      }
      signal.throwIfAborted();
      return offset;
    } catch (error) {
      failures += 1;
      if (signal.aborted || !(error instanceof ConnectionLost) || failures > MAX_FAILURES) throw error;
      await delay(Math.min(firstDelayMs * 2 ** (failures - 1), 5000), undefined, { signal });
      options.onReconnect(offset);
    }
  }
}
