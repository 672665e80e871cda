import type { EntityManager } from 'typeorm';
import type { RunId } from '../../kernel/ids.js';
import type { CredentialPlace } from '../credentials/index.js';
import { LOCKED_IN_ORDER } from '../../kernel/run-locks.js';

export const REVOKED_MESSAGE = 'The API key that this run used was revoked. Set a new one and restart the instance.';

/**
 * Has every open run that uses the key end FAILED: queued ones at once, those under way by their owner, which looks when it
 * hears a tick of the run, and every 5 s. Gives the runs.
 */
export async function cutRunsOf(manager: EntityManager, place: CredentialPlace): Promise<RunId[]> {
  const { tenantId, instanceId, aiAgent, version } = place;
  const [runs] = await manager.query<[{ id: RunId }[], number]>(
    `WITH open AS (
       SELECT id FROM triage_runs
         WHERE tenant_id = $1 AND instance_id = $2 AND ai_agent = $3 AND credential_version = $4 AND ended_at IS NULL
         ${LOCKED_IN_ORDER}
     )
     UPDATE triage_runs AS run SET credential_revoked_at = clock_timestamp(),
      state = CASE state WHEN 'QUEUED' THEN 'FAILED' ELSE state END,
      ended_at = CASE state WHEN 'QUEUED' THEN clock_timestamp() END,
      reason_code = CASE state WHEN 'QUEUED' THEN 'CREDENTIAL_REVOKED' END,
      reason_message = CASE state WHEN 'QUEUED' THEN $5 END
     FROM open WHERE run.tenant_id = $1 AND run.id = open.id
     RETURNING run.id`,
    [tenantId, instanceId, aiAgent, version, REVOKED_MESSAGE],
  );
  return runs.map(({ id }) => id);
}
