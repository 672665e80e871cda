import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionLost, type Triaged, type TriageRun } from '../../sdk/src/index.js';
import type { StartTriageInput } from '../../sdk/src/generated/graphql.js';
import { systemCode } from './system-code.js';

/**
 * Node's fetch waits no longer for an answer to begin. Without a container the server may have to fetch the CLI first:
 * hundreds of megabytes.
 */
const TIMEOUT_MS = 300_000;
const PAUSE_MS = 1000;
/** The request did not leave this machine. */
const UNREACHED: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/** Whether there is a run nobody knows here: the server may have heard of it, and no answer came. */
export class StartUnknown extends Error {
  override readonly name = 'StartUnknown';

  constructor(
    readonly idempotencyKey: string,
    cause: unknown,
  ) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${why} The run may have been started: triaged runs shows it.`, { cause });
  }
}

/**
 * Starts one run, whatever becomes of the answer: when it is lost, the same is asked once more with the same idempotency key.
 * Rejects with StartUnknown when that is of no use either, with what the server said or ConnectionLost when there is no run,
 * with the signal's reason once that is aborted.
 */
export async function startOnce(
  client: Pick<Triaged, 'startTriage'>,
  { idempotencyKey: given, ...asked }: StartTriageInput,
  signal?: AbortSignal,
): Promise<TriageRun> {
  const idempotencyKey = given ?? randomUUID();
  const ask = () => client.startTriage({ ...asked, idempotencyKey }, { timeoutMs: TIMEOUT_MS, signal });
  let wasHeard: boolean;
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
    wasHeard = mayBeHeard(error);
  }
  await delay(PAUSE_MS, undefined, { signal });
  try {
    return await ask();
  } catch (error) {
    signal?.throwIfAborted();
    throw wasHeard || mayBeHeard(error) ? new StartUnknown(idempotencyKey, error) : error;
  }
}

const mayBeHeard = (error: unknown): boolean =>
  error instanceof ConnectionLost && !UNREACHED.includes(systemCode(error));
