import type { RunId } from '../../kernel/ids.js';
import { MaskedLog, Masker } from '../masking/index.js';
import type { RunLogReader, RunLogStore, RunLogWriter } from '../run-log/index.js';

/** No secret is longer. */
const TAIL_BYTES = 16 * 1024;

/** A run's log, into which none of the secrets comes. */
export const maskedRunLog = (
  logs: RunLogStore,
  runId: RunId,
  log: RunLogWriter,
  secrets: readonly string[],
): MaskedLog =>
  new MaskedLog(log, {
    masker: new Masker(secrets),
    trailingStars: () => trailingStars(logs, runId),
    onMasked: () => logs.markMasked(runId),
  });

async function trailingStars(logs: RunLogReader, runId: RunId): Promise<number> {
  const from = Math.max(0, (await logs.size(runId)) - TAIL_BYTES);
  return /\**$/.exec((await logs.read(runId, from, TAIL_BYTES)).toString('latin1'))![0].length;
}
