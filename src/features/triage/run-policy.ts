import type { TenantId } from '../../kernel/ids.js';

/** For how many days logs and artifacts are kept after the end; null: for ever. */
export interface Retention {
  readonly days: number | null;
  /** Of each tenant of whom that was decided. */
  readonly ofTenants: Readonly<Record<string, number | null>>;
}

/** What the operator lets tenants have of runs. It may change at any time, so it is asked each time. */
export interface RunPolicy {
  /** How many runs of the tenant may be QUEUED. */
  maxQueuedRuns(tenantId: TenantId): number;
  /** How many may be under way at once, on all servers, of each tenant of whom that was decided. */
  maxConcurrentRuns(): Readonly<Record<string, number>>;
  retention(): Retention;
}
