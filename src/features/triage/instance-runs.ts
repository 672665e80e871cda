import { IsNull } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import type { ClusterId, InstanceId, RunId } from '../../kernel/ids.js';
import { topics } from '../../ports/event-bus.js';
import type { EventBus } from '../../ports/event-bus.js';
import { Audit } from '../audit/index.js';
import type { InstanceRuns as Port } from '../instances/index.js';
import { LOCKED_IN_ORDER } from '../../kernel/run-locks.js';
import { TriageRunEntity } from './triage-run.entity.js';

interface Cancelled {
  readonly id: RunId;
  readonly ai_agent: AiAgent;
  readonly cluster_id: ClusterId | null;
  readonly credential_version: number;
}

/** The runs of one instance, for whoever stops or deletes it. */
export class InstanceRuns implements Port {
  constructor(private readonly deps: { readonly bus: EventBus }) {}

  active(manager: EntityManager, { tenantId }: Actor, instanceId: InstanceId): Promise<number> {
    return manager.countBy(TriageRunEntity, { tenantId, instanceId, endedAt: IsNull() });
  }

  async cancelAll(manager: EntityManager, actor: Actor, instanceId: InstanceId): Promise<readonly RunId[]> {
    const [rows] = await manager.query<[Cancelled[], number]>(
      `WITH open AS (
          SELECT id FROM triage_runs
            WHERE tenant_id = $1 AND instance_id = $2 AND ended_at IS NULL AND cancel_requested_at IS NULL
            ${LOCKED_IN_ORDER}
        )
        UPDATE triage_runs AS run SET cancel_requested_at = clock_timestamp(),
        state = CASE state WHEN 'QUEUED' THEN 'CANCELLED' ELSE state END,
        ended_at = CASE state WHEN 'QUEUED' THEN clock_timestamp() END
        FROM open WHERE run.tenant_id = $1 AND run.id = open.id
        RETURNING run.id, ai_agent, cluster_id, credential_version`,
      [actor.tenantId, instanceId],
    );
    const events = rows.map(({ id: runId, ai_agent: aiAgent, cluster_id: clusterId, credential_version }) => {
      const subjects = { instanceId, aiAgent, credentialVersion: credential_version, runId, clusterId };
      return { action: 'RUN_CANCELLED', ...subjects } as const;
    });
    await Audit.recordAll(manager, actor, events);
    return rows.map(({ id }) => id);
  }

  announce(runs: readonly RunId[]): void {
    for (const id of runs) this.deps.bus.publish(topics.run(id));
  }
}
