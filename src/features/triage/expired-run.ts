import { TriagedError } from '../../kernel/errors.js';
import type { TriageRunEntity } from './triage-run.entity.js';

/** Throws RUN_EXPIRED when log and artifacts of the run are no longer kept. */
export function requireKept({ id: runId, expiredAt }: Pick<TriageRunEntity, 'id' | 'expiredAt'>): void {
  if (expiredAt === null) return;
  throw new TriagedError(
    'RUN_EXPIRED',
    'Log and artifacts of this run are no longer kept: its report, usage and audit trail are.',
    { runId, expiredAt: expiredAt.toISOString() },
  );
}
