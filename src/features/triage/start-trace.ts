import type { TriageRunEntity } from './triage-run.entity.js';

/**
 * Does what a `startTriage` does, as the first span of a trace. What it gives is the place of the mutation in it, a W3C
 * traceparent, which is kept on the run's row.
 */
export type StartTrace = (work: (traceparent: string) => Promise<TriageRunEntity>) => Promise<TriageRunEntity>;
