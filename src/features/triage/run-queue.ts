import type { EntityManager } from 'typeorm';
import { TriagedError } from '../../kernel/errors.js';
import type { TenantId } from '../../kernel/ids.js';

/**
 * The ids of $4 queued runs, locked, in the order in which they are to start: tenants take turns. A run's turn is the number
 * of runs that its tenant would have under way with it, so who has fewest comes first; among equals, whose last run was
 * claimed longest ago; then the oldest run. $5 is a JSON object of tenants that may have only so many under way. Each of
 * several claims at once skips what another has locked and takes what comes next.
 */
export const NEXT_IN_TURN = `
  WITH queue AS (
    SELECT tenant_id, id, created_at, row_number() OVER (PARTITION BY tenant_id ORDER BY created_at, id) AS place
      FROM triage_runs WHERE state = 'QUEUED'
  ), busy AS (
    SELECT tenant_id, count(*) AS runs FROM triage_runs WHERE state IN ('PREPARING', 'RUNNING') GROUP BY tenant_id
  ), served AS (
    SELECT tenant_id, (
      SELECT max(claimed_at) FROM triage_runs AS past WHERE past.tenant_id = queue.tenant_id AND claimed_at IS NOT NULL
    ) AS last_at FROM queue WHERE place = 1
  ), waiting AS (
    SELECT tenant_id, id, created_at, last_at, place + coalesce(runs, 0) AS turn
      FROM queue JOIN served USING (tenant_id) LEFT JOIN busy USING (tenant_id)
  )
  SELECT run.id FROM waiting JOIN triage_runs AS run USING (id)
    WHERE run.state = 'QUEUED' AND turn <= coalesce(($5::jsonb ->> waiting.tenant_id)::integer, turn)
    ORDER BY turn, last_at NULLS FIRST, waiting.created_at, id LIMIT $4 FOR UPDATE OF run SKIP LOCKED`;

/** Two numbers make a lock of our own: this one, and a hash of the tenant. */
const QUEUE_LOCKS = 7_412_331;

/** Until the caller's transaction ends, no other run of the tenant is queued. Comes after every lock on a row. */
export async function lockQueue(manager: EntityManager, tenantId: TenantId): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock($1, hashtext($2))`, [QUEUE_LOCKS, tenantId]);
}

/** Throws QUEUE_FULL when the tenant has more queued runs than it may, one of them just written under the queue's lock. */
export async function requireRoom(manager: EntityManager, tenantId: TenantId, limit: number): Promise<void> {
  const [{ queued }] = await manager.query<[{ queued: number }]>(
    `SELECT count(*)::integer AS queued FROM triage_runs WHERE tenant_id = $1 AND state = 'QUEUED'`,
    [tenantId],
  );
  if (queued <= limit) return;
  throw new TriagedError(
    'QUEUE_FULL',
    `${queued - 1} runs of the tenant wait already, and no more than ${limit} may: start this one when others have started, or cancel some with cancelTriage.`,
    { limit, queued: queued - 1 },
  );
}
