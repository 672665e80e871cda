import type { TriageRunEntity } from './triage-run.entity.js';
import type { TriageRunType } from './triage.types.js';

/** What the schema shows of a row; the log and the artifacts are looked up when they are selected. */
export function triageRunType(run: TriageRunEntity): TriageRunType {
  const { reasonCode, reasonMessage, requestCount, errorCount, inputTokens, outputTokens } = run;
  const { cacheReadTokens, cacheWriteTokens } = run;
  const failure = reasonCode === null ? null : { code: reasonCode, message: reasonMessage ?? '' };
  const usage = { requestCount, errorCount, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens };
  return Object.assign(run, { failure, usage });
}
