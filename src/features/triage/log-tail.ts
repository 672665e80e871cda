import type { RunId } from '../../kernel/ids.js';
import type { RunLogReader } from '../run-log/index.js';

const TAIL_BYTES = 1024 * 1024;

/** The last 1 MiB of a log as text; its first line may be cut. */
export async function logTail(logs: RunLogReader, runId: RunId): Promise<string> {
  const from = Math.max(0, (await logs.size(runId)) - TAIL_BYTES);
  return (await logs.read(runId, from, TAIL_BYTES)).toString('utf8');
}
